package io.holdfast.handlers.beans;

import jakarta.enterprise.inject.spi.Bean;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.lang.reflect.TypeVariable;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What type variables of generic superclasses and interfaces stand for in a bean's class. */
record TypesOfBean(Map<TypeVariable<?>, Type> known) {

    static TypesOfBean of(Bean<?> bean) {
        Map<TypeVariable<?>, Type> known = new HashMap<>();
        for (Type type : bean.getTypes()) {
            if (type instanceof ParameterizedType generic && generic.getRawType() instanceof Class<?> raw) {
                for (int i = 0; i < raw.getTypeParameters().length; i++) {
                    known.put(raw.getTypeParameters()[i], generic.getActualTypeArguments()[i]);
                }
            }
        }
        return new TypesOfBean(known);
    }

    /** The type with all variables replaced that are known. */
    Type resolved(Type type) {
        if (type instanceof TypeVariable<?> variable) {
            return known.getOrDefault(variable, variable);
        }
        if (type instanceof ParameterizedType generic) {
            List<Type> arguments = Arrays.stream(generic.getActualTypeArguments())
                    .map(this::resolved)
                    .toList();
            return new Resolved(generic.getRawType(), generic.getOwnerType(), arguments);
        }
        return type;
    }

    private record Resolved(Type raw, @Nullable Type owner, List<Type> arguments) implements ParameterizedType {
        @Override
        public Type[] getActualTypeArguments() {
            return arguments.toArray(Type[]::new);
        }

        @Override
        public Type getRawType() {
            return raw;
        }

        @Override
        public @Nullable Type getOwnerType() {
            return owner;
        }

        @Override
        public String getTypeName() {
            return raw.getTypeName() + "<"
                    + String.join(
                            ", ", arguments.stream().map(Type::getTypeName).toList()) + ">";
        }
    }
}
