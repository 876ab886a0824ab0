package io.holdfast.validate;

import io.holdfast.client.Json;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** Several tabs or devices of one client: what one has confirmed still comes to the one that was away. */
final class DeviceScenarios {
    private static final String GROUP = "devices";
    private static final String PHONE = ",\"device\":\"phone\"";
    private static final String TILL = ",\"device\":\"till\"";

    /** Together more than the kernel's buffers and the gateway's send buffer (1 MiB) take, less than an outbox (8 MiB). */
    private static final int MANY = 120;

    private static final int MANY_BYTES = 40_000;

    private DeviceScenarios() {}

    /** What keeps one of them away, and how it comes back. */
    private interface Absence {
        /** @return who will come back */
        default Device begin(Scope scope, Device device) throws IOException, InterruptedException {
            device.drop();
            return device;
        }

        default int messages(Scope scope) {
            return 6 + scope.random().nextInt(10);
        }

        default int bytes() {
            return 0;
        }

        default void end(Scope scope, Device device) throws IOException, InterruptedException {
            device.connect();
        }
    }

    /** Its line is cut. */
    private static final Absence CUT = new Absence() {};

    /** It reads nothing for a while: then it goes on, or its line is cut. */
    private static final Absence STALLED = new Absence() {
        @Override
        public Device begin(Scope scope, Device device) {
            device.line().socket().stall();
            return device;
        }

        @Override
        public void end(Scope scope, Device device) throws IOException, InterruptedException {
            device.line().socket().resume();
            if (scope.random().nextBoolean()) {
                device.connect();
            }
        }
    };

    /** It reads nothing while more comes than fits into its send buffer. */
    private static final Absence SLOW = new Absence() {
        @Override
        public Device begin(Scope scope, Device device) {
            device.line().socket().stall();
            return device;
        }

        @Override
        public int messages(Scope scope) {
            return MANY;
        }

        @Override
        public int bytes() {
            return MANY_BYTES;
        }

        @Override
        public void end(Scope scope, Device device) {
            device.line().socket().resume(); // its end, if it has ended, is found now
        }
    };

    /** Its line is cut, and it comes back without a position. */
    private static final Absence RELOADED = new Absence() {
        @Override
        public void end(Scope scope, Device device) throws IOException, InterruptedException {
            device.reload();
            device.connect();
        }
    };

    /** A newer connection of the same device has taken over, and is cut itself. */
    private static final Absence REPLACED = new Absence() {
        @Override
        public Device begin(Scope scope, Device device) throws IOException, InterruptedException {
            Device newer = scope.device(device.client(), TILL);
            newer.connect();
            scope.same(4500, device.line().awaitClose(scope.patience()).code(), "the close code of the older");
            device.leave();
            newer.drop();
            return newer;
        }
    };

    static List<Scenario> all() {
        return List.of(
                tabs("tab-cut", "whose connection was cut", CUT),
                tabs("tab-stalled", "that did not read", STALLED),
                tabs("tab-slow", "that was too slow for its messages", SLOW),
                devices("device-cut", "whose connection was cut", CUT),
                devices("device-reloaded", "that has forgotten its position", RELOADED),
                devices("device-stalled", "that did not read", STALLED),
                devices("device-slow", "that was too slow for its messages", SLOW),
                devices("device-replaced", "whose connection was replaced by a newer one", REPLACED));
    }

    private static Scenario tabs(String name, String what, Absence absence) {
        return scenario(name, "a tab " + what + " gets the messages that another tab has confirmed", absence, "", "");
    }

    private static Scenario devices(String name, String what, Absence absence) {
        return scenario(
                name,
                "a device " + what + " gets the messages that another device has confirmed",
                absence,
                PHONE,
                TILL);
    }

    private static Scenario scenario(String name, String claim, Absence absence, String one, String other) {
        return Scenario.of(GROUP, name, claim, scope -> run(scope, absence, one, other), Need.API_KEY);
    }

    private static void run(Scope scope, Absence absence, String one, String other)
            throws IOException, InterruptedException {
        String client = Scope.fresh("devices");
        Device present = scope.device(client, one);
        Device away = scope.device(client, other).narrow();
        present.connect();
        away.connect();
        List<String> ids = new ArrayList<>(scope.send(client, 3));
        scope.arrived(present, present.outbox(), ids);
        scope.arrived(away, away.outbox(), ids);
        away = absence.begin(scope, away);
        List<String> missed = missed(scope, client, absence);
        scope.arrivedThroughFaults(present, present.outbox(), missed);
        acknowledged(scope, client, missed);
        ids.addAll(missed);
        ids.addAll(scope.send(client, 1)); // with its commit at the latest, what is settled is removed
        scope.arrived(present, present.outbox(), ids);
        absence.end(scope, away);
        // Messages come in order: with the last one here, the checker knows what of the others was lost without a word.
        scope.arrivedThroughFaults(away, away.outbox(), ids.subList(ids.size() - 1, ids.size()));
        scope.delivered();
    }

    private static List<String> missed(Scope scope, String client, Absence absence)
            throws IOException, InterruptedException {
        List<String> ids = new ArrayList<>();
        String data = "{\"filler\":" + Json.quoted("x".repeat(absence.bytes())) + "}";
        for (int i = absence.messages(scope); i > 0; i--) {
            String id = Scope.fresh("m");
            scope.api().send(client, id, data);
            ids.add(id);
        }
        return ids;
    }

    private static void acknowledged(Scope scope, String client, List<String> ids)
            throws IOException, InterruptedException {
        String last = ids.get(ids.size() - 1);
        scope.until(
                "the connected one has confirmed everything",
                scope.patience(),
                () -> scope.api().state(client, last).equals("acknowledged"));
    }
}
