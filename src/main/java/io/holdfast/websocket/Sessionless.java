package io.holdfast.websocket;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletRequestWrapper;
import jakarta.servlet.http.HttpSession;
import org.jspecify.annotations.Nullable;

/**
 * Liberty asks for an HttpSession at each handshake, and so makes one where there is none: it would live for 30 minutes, and its
 * cookie could replace that of a login which is under way. The application's own session is left as it is.
 */
final class Sessionless extends HttpServletRequestWrapper {
    Sessionless(HttpServletRequest request) {
        super(request);
    }

    @Override
    public @Nullable HttpSession getSession() {
        return super.getSession(false);
    }

    @Override
    public @Nullable HttpSession getSession(boolean create) {
        return super.getSession(false);
    }
}
