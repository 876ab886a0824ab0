package io.holdfast.cluster;

import io.holdfast.delivery.ConnectionStatus;
import io.holdfast.json.JsonInput;
import io.holdfast.json.JsonOutput;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** How the connections of a client look in an answer. */
final class ConnectionRows implements ListingRows<ConnectionStatus> {
    static final ConnectionRows ALL = new ConnectionRows();

    private ConnectionRows() {}

    @Override
    public void write(ConnectionStatus connection, JsonOutput json) {
        json.open().field("client", connection.client());
        @Nullable String device = connection.device();
        if (device != null) {
            json.field("device", device);
        }
        json.field("node", connection.node())
                .field("address", connection.address())
                .field("opened_at", connection.openedAtMillis())
                .field("state", connection.state().name())
                .field("explicit", connection.explicit())
                .field("written", connection.written())
                .field("answered", connection.answered())
                .field("unconfirmed", connection.unconfirmedBytes())
                .field("buffered", connection.bufferedBytes())
                .field("buffer_limit", connection.bufferLimitBytes())
                .field("held_back", connection.heldBack())
                .field("writing_ms", connection.writingMillis())
                .field("unanswered_ms", connection.unansweredMillis())
                .field("channels", connection.channels());
        if (connection.allowance() >= 0) {
            json.field("allowance", connection.allowance());
        }
        json.close();
    }

    @Override
    public int bytes(ConnectionStatus connection) {
        return 400;
    }

    @Override
    public ConnectionStatus read(String id, JsonInput in) throws IOException {
        String client = "";
        String device = null;
        long node = 0;
        String address = "";
        long openedAt = 0;
        ConnectionStatus.State state = ConnectionStatus.State.NONE;
        boolean explicit = false;
        long written = 0;
        long answered = 0;
        long unconfirmed = 0;
        long buffered = 0;
        long limit = 0;
        boolean heldBack = false;
        long writing = 0;
        long unanswered = 0;
        int allowance = -1;
        int channels = 0;
        in.enterObject();
        for (String field = in.nextField(); field != null; field = in.nextField()) {
            switch (field) {
                case "client" -> client = in.string();
                case "device" -> device = in.string();
                case "node" -> node = in.naturalLong();
                case "address" -> address = in.string();
                case "opened_at" -> openedAt = in.naturalLong();
                case "state" -> state = Question.constant(ConnectionStatus.State.class, in.string());
                case "explicit" -> explicit = in.bool();
                case "written" -> written = in.naturalLong();
                case "answered" -> answered = in.naturalLong();
                case "unconfirmed" -> unconfirmed = in.naturalLong();
                case "buffered" -> buffered = in.naturalLong();
                case "buffer_limit" -> limit = in.naturalLong();
                case "held_back" -> heldBack = in.bool();
                case "writing_ms" -> writing = in.naturalLong();
                case "unanswered_ms" -> unanswered = in.naturalLong();
                case "allowance" -> allowance = in.naturalInteger();
                case "channels" -> channels = in.naturalInteger();
                default -> in.skip();
            }
        }
        return new ConnectionStatus(
                id,
                client,
                device,
                node,
                address,
                openedAt,
                state,
                explicit,
                written,
                answered,
                unconfirmed,
                buffered,
                limit,
                heldBack,
                writing,
                unanswered,
                allowance,
                channels);
    }
}
