package io.holdfast.app;

import io.holdfast.configuration.KnownKey;
import io.holdfast.configuration.NearestKey;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.TreeSet;

/** Finds settings that look like the gateway's and that it does not read: each is probably a key with a typing error. */
final class UnknownKeys {
    private UnknownKeys() {}

    /**
     * One line for each name, for people. Not the values: they may be secrets.
     *
     * @param names of all settings, and of all variables of the environment
     * @param keys that are read
     */
    static List<String> find(Collection<String> names, Collection<String> keys) {
        NearestKey nearest = new NearestKey(keys);
        List<String> found = new ArrayList<>();
        for (String name : new TreeSet<>(names)) {
            if (name.startsWith(NearestKey.VARIABLES) && !nearest.isVariable(name)) {
                found.add("The variable " + name + " of the environment is no key's and has no effect; "
                        + nearest.adviceForVariable(name));
            } else if (name.startsWith(NearestKey.KEYS)
                    && !keys.contains(name)
                    && !names.contains(KnownKey.variable(name))) { // Liberty lists variables in this form too
                found.add("The key " + name + " does not exist and has no effect; " + nearest.adviceForKey(name));
            }
        }
        return found;
    }
}
