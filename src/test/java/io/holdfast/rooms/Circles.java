package io.holdfast.rooms;

import com.tngtech.archunit.core.domain.Dependency;
import com.tngtech.archunit.core.domain.JavaClass;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/** Finds classes of one package that need each other in a circle. A nested class counts as the class that it lies in. */
final class Circles {
    private final Map<String, Set<String>> uses = new TreeMap<>();

    Circles(Iterable<JavaClass> classes) {
        for (JavaClass origin : classes) {
            String name = outermost(origin);
            Set<String> used = uses.computeIfAbsent(name, any -> new HashSet<>());
            for (Dependency dependency : origin.getDirectDependenciesFromSelf()) {
                JavaClass target = dependency.getTargetClass().getBaseComponentType();
                if (target.getPackageName().equals(origin.getPackageName())
                        && !outermost(target).equals(name)) {
                    used.add(outermost(target));
                }
            }
        }
    }

    private static String outermost(JavaClass any) {
        String name = any.getName();
        int nested = name.indexOf('$');
        return nested < 0 ? name : name.substring(0, nested);
    }

    /** The circles of more than a number of classes, each with the full names of its classes. */
    List<SortedSet<String>> largerThan(int classes) {
        List<SortedSet<String>> circles = new ArrayList<>();
        Set<String> seen = new HashSet<>();
        for (String name : uses.keySet()) {
            if (seen.add(name)) {
                SortedSet<String> circle = circle(name);
                seen.addAll(circle);
                if (circle.size() > classes) {
                    circles.add(circle);
                }
            }
        }
        return circles;
    }

    private SortedSet<String> circle(String name) {
        SortedSet<String> circle = new TreeSet<>(Set.of(name));
        for (String other : reachable(name)) {
            if (reachable(other).contains(name)) {
                circle.add(other);
            }
        }
        return circle;
    }

    private Set<String> reachable(String from) {
        Set<String> reached = new HashSet<>();
        ArrayDeque<String> left = new ArrayDeque<>(Set.of(from));
        while (!left.isEmpty()) {
            for (String next : uses.getOrDefault(left.remove(), Set.of())) {
                if (reached.add(next)) {
                    left.add(next);
                }
            }
        }
        return reached;
    }
}
