package io.holdfast.handlers.beans;

import io.holdfast.handlers.ClientCall;
import io.holdfast.handlers.calls.CallKind;
import jakarta.enterprise.context.ConversationScoped;
import jakarta.enterprise.context.SessionScoped;
import jakarta.enterprise.context.control.RequestContextController;
import jakarta.enterprise.context.spi.CreationalContext;
import jakarta.enterprise.inject.Instance;
import jakarta.enterprise.inject.spi.AnnotatedMethod;
import jakarta.enterprise.inject.spi.Bean;
import jakarta.enterprise.inject.spi.BeanManager;
import jakarta.enterprise.inject.spi.DefinitionException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Future;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A method of a bean that answers clients. It is called like any other method of the bean, through the bean's proxy and
 * interceptors, in a request context of its own. Any thread.
 */
final class BeanMethod {
    /** The rpcs of the protocol. */
    private static final Set<String> OWN = Set.of("ack", "publish");

    private final Bean<?> bean;
    private final Method method;
    private final BeanManager beans;
    private final RolesRule roles;
    private final Arguments arguments;
    private final JsonValues json;

    private BeanMethod(
            Bean<?> bean, Method method, BeanManager beans, RolesRule roles, Arguments arguments, JsonValues json) {
        this.bean = bean;
        this.method = method;
        this.beans = beans;
        this.roles = roles;
        this.arguments = arguments;
        this.json = json;
    }

    /** @throws DefinitionException if it cannot answer, with the class and the method */
    static BeanMethod of(Duty duty, Bean<?> bean, AnnotatedMethod<?> annotated, BeanManager beans, JsonValues json) {
        Method method = annotated.getJavaMember();
        requireCallable(bean, method);
        if (duty.kind() == CallKind.RPC && OWN.contains(duty.target())) {
            throw wrong(method, "answers the rpc \"" + duty.target() + "\", which Holdfast answers itself");
        }
        try {
            Arguments arguments = Arguments.of(duty, annotated, TypesOfBean.of(bean), json);
            Results.require(duty, method, json);
            if (!method.trySetAccessible()) {
                throw new IllegalArgumentException("cannot be called: its package is not open");
            }
            return new BeanMethod(bean, method, beans, RolesRule.of(annotated, bean.getBeanClass()), arguments, json);
        } catch (IllegalArgumentException e) {
            throw wrong(method, String.valueOf(e.getMessage()));
        }
    }

    private static void requireCallable(Bean<?> bean, Method method) {
        int modifiers = method.getModifiers();
        if (!Modifier.isPublic(modifiers) || Modifier.isStatic(modifiers)) {
            throw wrong(method, "must be public and not static");
        }
        if (bean.getScope() == SessionScoped.class || bean.getScope() == ConversationScoped.class) {
            throw wrong(
                    method,
                    "is in a bean of the scope " + bean.getScope().getSimpleName()
                            + ": a WebSocket connection has no HTTP session. Use @ApplicationScoped, @RequestScoped or"
                            + " @Dependent");
        }
        if (!bean.getTypes().contains(bean.getBeanClass())) {
            throw wrong(method, "is in a bean that hides its class: leave out @Typed");
        }
    }

    private static DefinitionException wrong(Method method, String what) {
        return new DefinitionException(name(method) + " " + what);
    }

    private static String name(Method method) {
        return method.getDeclaringClass().getName() + "." + method.getName() + "()";
    }

    boolean isOf(@Nullable Class<?> beanClass) {
        return bean.getBeanClass() == beanClass;
    }

    /** The roles that it asks for. */
    Set<String> roles() {
        return roles.names();
    }

    /** A value that it has returned, as one compact JSON value. */
    byte[] json(Object value) {
        return json.write(value);
    }

    /** @param answer makes the answer of what the method returned */
    <A> CompletionStage<A> call(ClientCall call, Function<@Nullable Object, A> answer) throws Exception {
        roles.check(call.caller());
        Object[] values = arguments.of(call);
        Object result = invoke(values);
        return result instanceof CompletionStage<?> stage
                ? following(stage, answer)
                : CompletableFuture.completedFuture(answer.apply(result));
    }

    private @Nullable Object invoke(Object[] values) throws Exception {
        Instance<RequestContextController> controllers = beans.createInstance().select(RequestContextController.class);
        RequestContextController context = controllers.get();
        boolean active = context.activate();
        CreationalContext<?> creational = beans.createCreationalContext(bean);
        try {
            return method.invoke(beans.getReference(bean, bean.getBeanClass(), creational), values);
        } catch (InvocationTargetException e) {
            Throwable thrown = translated(e.getCause() == null ? e : e.getCause());
            if (thrown instanceof Error error) {
                throw error;
            }
            throw (Exception) thrown;
        } finally {
            creational.release();
            if (active) {
                context.deactivate();
            }
            controllers.destroy(context);
        }
    }

    private <A> CompletionStage<A> following(CompletionStage<?> stage, Function<@Nullable Object, A> answer) {
        CompletableFuture<A> following = stage.<A>handle((value, failure) -> {
                    if (failure == null) {
                        return answer.apply(value);
                    }
                    Throwable cause = failure instanceof CompletionException ? failure.getCause() : null;
                    throw new CompletionException(translated(cause == null ? failure : cause));
                })
                .toCompletableFuture();
        following.whenComplete((value, failure) -> {
            if (following.isCancelled() && stage instanceof Future<?> future) {
                future.cancel(true);
            }
        });
        return following;
    }

    /** Violations of the payload's constraints are the client's mistake. */
    private Throwable translated(Throwable thrown) {
        Throwable refused = Violations.ofPayload(thrown, method, arguments.payloadIndex());
        return refused == null ? thrown : refused;
    }

    @Override
    public String toString() {
        return name(method);
    }
}
