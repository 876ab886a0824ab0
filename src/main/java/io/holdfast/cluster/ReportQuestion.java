package io.holdfast.cluster;

import io.holdfast.delivery.NodeReport;
import io.holdfast.json.JsonInput;
import io.holdfast.json.JsonOutput;
import java.io.IOException;

/** The question what a node says of itself. */
record ReportQuestion() implements Question<NodeReport> {
    static final String ABOUT = "report";

    @Override
    public String about() {
        return ABOUT;
    }

    @Override
    public void write(JsonOutput json) {
        // there is nothing to say
    }

    static byte[] answer(NodeReport report) {
        return new JsonOutput()
                .open()
                .field("number", report.number())
                .field("uid", report.uid())
                .field("name", report.name())
                .field("version", report.version())
                .field("connections", report.connections())
                .field("clients", report.clients())
                .field("channels", report.channels())
                .field("subscriptions", report.subscriptions())
                .field("uptime", report.uptimeSeconds())
                .close()
                .toBytes();
    }

    @Override
    public NodeReport readAnswer(JsonInput in) throws IOException {
        long number = 0;
        String uid = "";
        String name = "";
        String version = "";
        long connections = 0;
        long clients = 0;
        long channels = 0;
        long subscriptions = 0;
        long uptime = 0;
        for (String field = in.nextField(); field != null; field = in.nextField()) {
            switch (field) {
                case "number" -> number = in.naturalLong();
                case "uid" -> uid = in.string();
                case "name" -> name = in.string();
                case "version" -> version = in.string();
                case "connections" -> connections = in.naturalLong();
                case "clients" -> clients = in.naturalLong();
                case "channels" -> channels = in.naturalLong();
                case "subscriptions" -> subscriptions = in.naturalLong();
                case "uptime" -> uptime = in.naturalLong();
                default -> in.skip();
            }
        }
        return new NodeReport(number, uid, name, version, connections, clients, channels, subscriptions, uptime);
    }
}
