package io.holdfast.cluster;

import io.holdfast.delivery.ClientStatus;
import io.holdfast.delivery.ClientStatus.DeviceStatus;
import io.holdfast.delivery.ThisNode;
import io.holdfast.json.JsonInput;
import io.holdfast.json.JsonOutput;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/** The question what a node knows of a client: {@code {"client":"u42"}}. The answer is an empty object if it knows nothing. */
record ClientQuestion(String client) implements Question<Optional<ClientStatus>> {
    static final String ABOUT = "client";

    @Override
    public String about() {
        return ABOUT;
    }

    @Override
    public void write(JsonOutput json) {
        json.field("client", client);
    }

    static byte[] answer(byte[] question, ThisNode here) throws IOException {
        String client = Question.object(question, ClientQuestion::read);
        JsonOutput json = new JsonOutput().open();
        here.seen(client).ifPresent(status -> write(status, json));
        return json.close().toBytes();
    }

    private static String read(JsonInput in) throws IOException {
        String client = "";
        for (String field = in.nextField(); field != null; field = in.nextField()) {
            if (field.equals("client")) {
                client = in.string();
            } else {
                in.skip();
            }
        }
        return client;
    }

    private static void write(ClientStatus status, JsonOutput json) {
        json.field("since", status.sinceMillis())
                .field("connections", status.connections())
                .field("sent", status.sent())
                .field("acknowledged", status.acknowledged())
                .field("expired", status.expired())
                .field("dropped", status.dropped())
                .field("dead", status.dead())
                .raw("\"devices\":[");
        List<DeviceStatus> devices = status.devices();
        for (int i = 0; i < devices.size(); i++) {
            DeviceStatus device = devices.get(i);
            json.next(i)
                    .open()
                    .field("device", device.device())
                    .field("cursor", device.cursor())
                    .field("seen_at", device.seenAtMillis())
                    .field("connected", device.connected())
                    .close();
        }
        json.raw("]");
    }

    @Override
    public Optional<ClientStatus> readAnswer(JsonInput in) throws IOException {
        long since = 0;
        long connections = 0;
        long sent = 0;
        long acknowledged = 0;
        long expired = 0;
        long dropped = 0;
        long dead = 0;
        List<DeviceStatus> devices = null;
        for (String field = in.nextField(); field != null; field = in.nextField()) {
            switch (field) {
                case "since" -> since = in.naturalLong();
                case "connections" -> connections = in.naturalLong();
                case "sent" -> sent = in.naturalLong();
                case "acknowledged" -> acknowledged = in.naturalLong();
                case "expired" -> expired = in.naturalLong();
                case "dropped" -> dropped = in.naturalLong();
                case "dead" -> dead = in.naturalLong();
                case "devices" -> devices = devices(in);
                default -> in.skip();
            }
        }
        return devices == null
                ? Optional.empty()
                : Optional.of(new ClientStatus(
                        client, since, connections, sent, acknowledged, expired, dropped, dead, 0, 0, devices));
    }

    private static List<DeviceStatus> devices(JsonInput in) throws IOException {
        if (!in.isArray()) {
            throw new JsonInput.WrongType("not an array");
        }
        List<DeviceStatus> devices = new ArrayList<>();
        while (in.nextElement()) {
            String name = "";
            long cursor = 0;
            long seenAt = 0;
            boolean connected = false;
            in.enterObject();
            for (String field = in.nextField(); field != null; field = in.nextField()) {
                switch (field) {
                    case "device" -> name = in.string();
                    case "cursor" -> cursor = in.naturalLong();
                    case "seen_at" -> seenAt = in.naturalLong();
                    case "connected" -> connected = in.bool();
                    default -> in.skip();
                }
            }
            devices.add(new DeviceStatus(name, cursor, seenAt, connected));
        }
        return devices;
    }

    /** The counters together; what the outbox holds, as the node says that has read the engine. */
    static ClientStatus merged(ClientStatus one, ClientStatus other) {
        SortedMap<String, DeviceStatus> devices = new TreeMap<>();
        one.devices().forEach(device -> devices.put(device.device(), device));
        other.devices().forEach(device -> devices.merge(device.device(), device, ClientQuestion::merged));
        return new ClientStatus(
                one.client(),
                earlier(one.sinceMillis(), other.sinceMillis()),
                one.connections() + other.connections(),
                one.sent() + other.sent(),
                one.acknowledged() + other.acknowledged(),
                one.expired() + other.expired(),
                one.dropped() + other.dropped(),
                one.dead() + other.dead(),
                Math.max(one.waiting(), other.waiting()),
                Math.max(one.waitingBytes(), other.waitingBytes()),
                List.copyOf(devices.values()));
    }

    private static DeviceStatus merged(DeviceStatus one, DeviceStatus other) {
        return new DeviceStatus(
                one.device(),
                Math.max(one.cursor(), other.cursor()),
                Math.max(one.seenAtMillis(), other.seenAtMillis()),
                one.connected() || other.connected());
    }

    /** Of two moments; 0 stands for none. */
    private static long earlier(long one, long other) {
        return one == 0 || other == 0 ? Math.max(one, other) : Math.min(one, other);
    }
}
