package io.holdfast.handlers.beans;

import io.holdfast.handlers.Caller;
import io.holdfast.handlers.HandlerException;
import jakarta.annotation.security.DenyAll;
import jakarta.annotation.security.PermitAll;
import jakarta.annotation.security.RolesAllowed;
import jakarta.enterprise.inject.spi.AnnotatedMethod;
import java.lang.reflect.AnnotatedElement;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Who may call a method, by {@link RolesAllowed}, {@link DenyAll} and {@link PermitAll}. Containers enforce them for enterprise beans and
 * resources only, and know nothing of the client of a connection.
 *
 * @param names of the roles, of which the caller must have one
 */
record RolesRule(boolean denied, boolean restricted, Set<String> names) {
    /** Everybody who is known (Jakarta Servlet, section 13.3). */
    private static final String ANY = "**";

    private static final RolesRule OPEN = new RolesRule(false, false, Set.of());

    /** The annotations of the method count; without them those of its class, then of the bean's class. */
    static RolesRule of(AnnotatedMethod<?> method, Class<?> beanClass) {
        RolesRule own = of(
                method.getAnnotation(DenyAll.class),
                method.getAnnotation(RolesAllowed.class),
                method.getAnnotation(PermitAll.class));
        RolesRule declaring = own == null ? of(method.getJavaMember().getDeclaringClass()) : own;
        RolesRule inherited = declaring == null ? of(beanClass) : declaring;
        return inherited == null ? OPEN : inherited;
    }

    private static @Nullable RolesRule of(AnnotatedElement element) {
        return of(
                element.getAnnotation(DenyAll.class),
                element.getAnnotation(RolesAllowed.class),
                element.getAnnotation(PermitAll.class));
    }

    private static @Nullable RolesRule of(
            @Nullable DenyAll deny, @Nullable RolesAllowed roles, @Nullable PermitAll permit) {
        if (deny != null) {
            return new RolesRule(true, true, Set.of());
        }
        if (roles != null) {
            return new RolesRule(false, true, Set.of(roles.value()));
        }
        return permit == null ? null : OPEN;
    }

    /** @throws HandlerException 103 if the caller may not */
    void check(Caller caller) {
        boolean known =
                names.contains(ANY) && !caller.guest() && !caller.client().isEmpty();
        if (denied || (restricted && !known && names.stream().noneMatch(caller::hasRole))) {
            throw new HandlerException(HandlerException.PERMISSION_DENIED, "permission denied");
        }
    }
}
