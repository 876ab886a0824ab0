package io.holdfast.handlers.beans;

import java.lang.reflect.AnnotatedElement;
import java.lang.reflect.Constructor;
import java.lang.reflect.GenericArrayType;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.util.Arrays;
import java.util.Collection;
import java.util.Date;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Stream;

/** Which types JSON-B can make from JSON, so that a mistake shows at the start and not at the first call. */
final class Bindable {
    private static final Set<Class<?>> INTERFACES =
            Set.of(Collection.class, java.util.List.class, java.util.Set.class, Map.class, java.util.Queue.class);
    private static final Set<Class<?>> VALUES =
            Set.of(String.class, Boolean.class, Character.class, Object.class, UUID.class, java.net.URI.class);

    private Bindable() {}

    /** @throws IllegalArgumentException if it cannot, with the type */
    static void require(Type type) {
        if (type instanceof ParameterizedType generic) {
            require(generic.getRawType());
            Arrays.stream(generic.getActualTypeArguments()).forEach(Bindable::require);
        } else if (type instanceof GenericArrayType array) {
            require(array.getGenericComponentType());
        } else if (!(type instanceof Class<?> raw)) {
            throw unbindable(type, "is not one type");
        } else if (raw.isArray()) {
            require(raw.getComponentType());
        } else {
            requireClass(raw);
        }
    }

    private static void requireClass(Class<?> type) {
        if (type.isPrimitive() || type.isEnum() || type.isRecord() || INTERFACES.contains(type)) {
            return;
        }
        boolean adapted = isAnnotated(type, "JsonbTypeAdapter")
                || isAnnotated(type, "JsonbTypeDeserializer")
                || isAnnotated(type, "JsonbTypeInfo");
        if (adapted) {
            return;
        }
        if (type.getName().startsWith("java.")) {
            boolean value = VALUES.contains(type)
                    || Number.class.isAssignableFrom(type)
                    || Collection.class.isAssignableFrom(type)
                    || Map.class.isAssignableFrom(type)
                    || Date.class.isAssignableFrom(type)
                    || type == Optional.class
                    || type.getPackageName().equals("java.time");
            if (!value) {
                throw unbindable(type, "is not a value");
            }
        } else if (type.isInterface() || Modifier.isAbstract(type.getModifiers())) {
            throw unbindable(type, "is abstract");
        } else if (type.isMemberClass() && !Modifier.isStatic(type.getModifiers())) {
            throw unbindable(type, "is an inner class that is not static");
        } else if (!hasCreator(type)) {
            throw unbindable(type, "has no public or protected constructor without parameters, and no @JsonbCreator");
        }
    }

    private static boolean hasCreator(Class<?> type) {
        Stream<Constructor<?>> plain = Arrays.stream(type.getDeclaredConstructors())
                .filter(made -> made.getParameterCount() == 0 && !Modifier.isPrivate(made.getModifiers()));
        Stream<AnnotatedElement> others =
                Stream.concat(Arrays.stream(type.getDeclaredConstructors()), Arrays.stream(methods(type)));
        return plain.findAny().isPresent() || others.anyMatch(made -> isAnnotated(made, "JsonbCreator"));
    }

    private static Method[] methods(Class<?> type) {
        return type.getDeclaredMethods();
    }

    /** By name, since the annotations' classes are there only with JSON-B. */
    private static boolean isAnnotated(AnnotatedElement element, String annotation) {
        return Arrays.stream(element.getAnnotations())
                .anyMatch(
                        found -> found.annotationType().getName().equals("jakarta.json.bind.annotation." + annotation));
    }

    private static IllegalArgumentException unbindable(Type type, String why) {
        return new IllegalArgumentException(
                "has a parameter of the type " + type.getTypeName() + ", to which no payload can be bound: it " + why);
    }
}
