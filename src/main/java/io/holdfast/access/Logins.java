package io.holdfast.access;

import java.security.Principal;

/** Reads the container's principals, of whatever kind they are. Any thread. */
public interface Logins {

    Login of(Principal principal);
}
