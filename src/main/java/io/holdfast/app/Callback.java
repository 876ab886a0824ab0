package io.holdfast.app;

import java.lang.reflect.Proxy;
import java.util.function.Consumer;

/** Objects of interfaces with one method that only some servers or JVMs have, so that no class of ours can implement them. */
final class Callback {
    private Callback() {}

    /** @param told gets the first argument of each call */
    static Object of(Class<?> type, Consumer<Object> told) {
        ClassLoader ofType = type.getClassLoader();
        ClassLoader loader = ofType == null ? ClassLoader.getPlatformClassLoader() : ofType;
        return Proxy.newProxyInstance(loader, new Class<?>[] {type}, (proxy, method, arguments) -> {
            if (method.getDeclaringClass() == Object.class) {
                return method.invoke(told, arguments);
            }
            told.accept(arguments[0]);
            return null;
        });
    }
}
