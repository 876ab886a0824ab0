package io.holdfast.rooms;

import com.tngtech.archunit.core.domain.Dependency;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * The table of rooms: which package may import which.
 *
 * @param base package of all rooms
 * @param doors room to the rooms it may import
 * @param keepers foreign package to the rooms that alone may import it
 */
record Rooms(String base, Map<String, Set<String>> doors, Map<String, Set<String>> keepers) {

    /** Every import that the table does not allow, as a sentence. */
    List<String> violations(JavaClasses classes) {
        List<String> found = new ArrayList<>();
        for (JavaClass origin : classes) {
            Optional<String> room = roomOf(origin.getPackageName());
            if (room.isEmpty()) {
                found.add(origin.getName() + " lies in no room of the table");
                continue;
            }
            for (Dependency dependency : origin.getDirectDependenciesFromSelf()) {
                String target =
                        dependency.getTargetClass().getBaseComponentType().getPackageName();
                if (!mayImport(room.get(), target)) {
                    found.add(room.get() + " may not import " + target + ": " + dependency.getDescription());
                }
            }
        }
        return found.stream().distinct().sorted().toList();
    }

    private boolean mayImport(String room, String targetPackage) {
        for (Map.Entry<String, Set<String>> keeper : keepers.entrySet()) {
            if (lies(targetPackage, keeper.getKey())) {
                return keeper.getValue().contains(room);
            }
        }
        if (!lies(targetPackage, base)) {
            return true;
        }
        return roomOf(targetPackage)
                .map(target -> target.equals(room)
                        || doors.getOrDefault(room, Set.of()).contains(target))
                .orElse(false);
    }

    /** The doors of the table that no class uses. */
    List<String> unused(JavaClasses classes) {
        Set<String> unused = new TreeSet<>();
        doors.forEach((room, targets) -> targets.forEach(target -> unused.add(room + " does not import " + target)));
        for (JavaClass origin : classes) {
            Optional<String> room = roomOf(origin.getPackageName());
            for (Dependency dependency : origin.getDirectDependenciesFromSelf()) {
                roomOf(dependency.getTargetClass().getBaseComponentType().getPackageName())
                        .ifPresent(target -> unused.remove(room.orElse("") + " does not import " + target));
            }
        }
        return List.copyOf(unused);
    }

    /** The keepers of the table that do not import what they keep. */
    List<String> unusedKeepers(JavaClasses classes) {
        Set<String> unused = new TreeSet<>();
        keepers.forEach((kept, rooms) -> rooms.forEach(room -> unused.add(room + " does not import " + kept)));
        for (JavaClass origin : classes) {
            String room = roomOf(origin.getPackageName()).orElse("");
            for (Dependency dependency : origin.getDirectDependenciesFromSelf()) {
                String target =
                        dependency.getTargetClass().getBaseComponentType().getPackageName();
                keepers.keySet().stream()
                        .filter(kept -> lies(target, kept))
                        .forEach(kept -> unused.remove(room + " does not import " + kept));
            }
        }
        return List.copyOf(unused);
    }

    /** The longest name wins: {@code stream.rocksdb} is not part of {@code stream}. */
    private Optional<String> roomOf(String packageName) {
        return doors.keySet().stream()
                .filter(room -> lies(packageName, base + "." + room))
                .max((a, b) -> Integer.compare(a.length(), b.length()));
    }

    /** The rooms that can reach themselves by the doors of the table. */
    List<String> circles() {
        return doors.keySet().stream()
                .filter(room -> reachable(room, new ArrayList<>()).contains(room))
                .sorted()
                .toList();
    }

    private List<String> reachable(String room, List<String> seen) {
        for (String next : doors.getOrDefault(room, Set.of())) {
            if (!seen.contains(next)) {
                seen.add(next);
                reachable(next, seen);
            }
        }
        return seen;
    }

    private static boolean lies(String packageName, String root) {
        return packageName.equals(root) || packageName.startsWith(root + ".");
    }
}
