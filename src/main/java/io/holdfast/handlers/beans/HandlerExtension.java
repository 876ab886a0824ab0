package io.holdfast.handlers.beans;

import io.holdfast.handlers.OnConnect;
import io.holdfast.handlers.OnPublish;
import io.holdfast.handlers.OnRefresh;
import io.holdfast.handlers.OnRpc;
import io.holdfast.handlers.OnSend;
import io.holdfast.handlers.OnSubRefresh;
import io.holdfast.handlers.OnSubscribe;
import io.holdfast.handlers.calls.CallKind;
import jakarta.enterprise.event.Observes;
import jakarta.enterprise.inject.spi.AfterDeploymentValidation;
import jakarta.enterprise.inject.spi.AnnotatedMethod;
import jakarta.enterprise.inject.spi.Bean;
import jakarta.enterprise.inject.spi.BeanManager;
import jakarta.enterprise.inject.spi.DefinitionException;
import jakarta.enterprise.inject.spi.Extension;
import jakarta.enterprise.inject.spi.ProcessManagedBean;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The portable extension that finds handlers. What is wrong with one stops the deployment, with its class and method in the
 * message. The container calls it with one event at a time.
 */
public class HandlerExtension implements Extension {
    private final List<Candidate> candidates = new ArrayList<>();
    private final Map<Duty, BeanMethod> methods = new LinkedHashMap<>();

    private record Candidate(Duty duty, Bean<?> bean, AnnotatedMethod<?> method) {}

    <X> void collect(@Observes ProcessManagedBean<X> event) {
        for (AnnotatedMethod<? super X> method : event.getAnnotatedBeanClass().getMethods()) {
            for (Duty duty : duties(method)) {
                candidates.add(new Candidate(duty, event.getBean(), method));
            }
        }
    }

    private static List<Duty> duties(AnnotatedMethod<?> method) {
        if (method.getJavaMember().isBridge()) {
            return List.of(); // made by the compiler, with the annotations of the method that it calls
        }
        List<Duty> duties = new ArrayList<>();
        OnRpc rpc = method.getAnnotation(OnRpc.class);
        if (rpc != null) {
            duties.add(new Duty(CallKind.RPC, rpc.value()));
        }
        OnSubscribe subscribe = method.getAnnotation(OnSubscribe.class);
        if (subscribe != null) {
            duties.add(new Duty(CallKind.SUBSCRIBE, subscribe.value()));
        }
        OnSubRefresh subRefresh = method.getAnnotation(OnSubRefresh.class);
        if (subRefresh != null) {
            duties.add(new Duty(CallKind.SUB_REFRESH, subRefresh.value()));
        }
        OnPublish publish = method.getAnnotation(OnPublish.class);
        if (publish != null) {
            duties.add(new Duty(CallKind.PUBLISH, publish.value()));
        }
        if (method.isAnnotationPresent(OnSend.class)) {
            duties.add(new Duty(CallKind.SEND, ""));
        }
        if (method.isAnnotationPresent(OnConnect.class)) {
            duties.add(new Duty(CallKind.CONNECT, ""));
        }
        if (method.isAnnotationPresent(OnRefresh.class)) {
            duties.add(new Duty(CallKind.REFRESH, ""));
        }
        return duties;
    }

    void check(@Observes AfterDeploymentValidation event, BeanManager beans) {
        JsonValues json = new JsonValues();
        for (Candidate candidate : candidates) {
            try {
                BeanMethod method = BeanMethod.of(candidate.duty(), candidate.bean(), candidate.method(), beans, json);
                BeanMethod other = methods.putIfAbsent(candidate.duty(), method);
                if (other != null) {
                    throw new DefinitionException(
                            method + " and " + other + " both answer " + candidate.duty() + ". Only one method may");
                }
            } catch (DefinitionException e) {
                event.addDeploymentProblem(e);
            }
        }
        candidates.clear();
    }

    /**
     * The handlers of this application.
     *
     * @param namespaces whether a namespace exists, by its name
     * @param leftOut a bean that answers nothing; null for none
     * @throws DefinitionException if one is for a namespace that does not exist
     */
    public BeanHandlers handlers(Predicate<String> namespaces, @Nullable Class<?> leftOut) {
        Map<Duty, BeanMethod> wanted = new LinkedHashMap<>(methods);
        wanted.values().removeIf(method -> method.isOf(leftOut));
        wanted.forEach((duty, method) -> {
            if (duty.isOfNamespace() && !namespaces.test(duty.target())) {
                throw new DefinitionException(method + " is for the namespace \"" + duty.target()
                        + "\", which does not exist. List it in holdfast.namespaces, or correct the annotation");
            }
        });
        return new BeanHandlers(wanted);
    }
}
