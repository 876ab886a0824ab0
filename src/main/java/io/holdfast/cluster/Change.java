package io.holdfast.cluster;

import io.holdfast.delivery.Ending;
import io.holdfast.delivery.ResilientWebSocketManager;
import io.holdfast.delivery.SubscriptionTerms;
import io.holdfast.json.JsonInput;
import io.holdfast.json.JsonOutput;
import java.io.IOException;
import java.time.Instant;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A change to a client's connections that every node makes to its own: {@code {"do":"disconnect","client":"u42",…}}. The answer is
 * {@code {"count":2}}.
 */
interface Change extends Question<Integer> {
    String ABOUT = "change";

    /** Makes it here. @return how many connections, subscriptions or breakers it concerned */
    int make(ResilientWebSocketManager here);

    String client();

    /** Only this one; null for all. */
    default @Nullable String connection() {
        return null;
    }

    @Override
    default String about() {
        return ABOUT;
    }

    @Override
    default Integer readAnswer(JsonInput in) throws IOException {
        int count = -1;
        for (String field = in.nextField(); field != null; field = in.nextField()) {
            if (field.equals("count")) {
                count = in.naturalInteger();
            } else {
                in.skip();
            }
        }
        if (count < 0) {
            throw new JsonInput.WrongType("not a count");
        }
        return count;
    }

    /** @throws IOException if it is not a change that this version knows */
    static byte[] answer(byte[] question, ResilientWebSocketManager here) throws IOException {
        int count = ChangeReader.read(question).make(here);
        return new JsonOutput().raw("{\"count\":").number(count).raw("}").toBytes();
    }

    /** Which change of which connections. */
    default JsonOutput begin(String what, JsonOutput json) {
        @Nullable String connection = connection();
        return json.field("do", what)
                .field("client", client())
                .field("connection", connection == null ? "" : connection);
    }

    /** @see ResilientWebSocketManager#subscribe */
    record Subscribe(String client, @Nullable String connection, String channel, SubscriptionTerms terms)
            implements Change {
        @Override
        public int make(ResilientWebSocketManager here) {
            return here.subscribe(client, connection, channel, terms);
        }

        @Override
        public void write(JsonOutput json) {
            begin("subscribe", json).field("channel", channel);
            if (terms.since() != null) {
                json.field("since", true)
                        .field("offset", terms.since().offset())
                        .field("epoch", terms.since().epoch());
            }
            Question.json("info", terms.info(), json);
            Question.json("data", terms.data(), json);
            json.field("expires_at", millis(terms.expiresAt()));
            if (terms.announced() != null) {
                json.field("announced", terms.announced());
            }
            if (terms.told() != null) {
                json.field("told", terms.told());
            }
        }
    }

    /** @see ResilientWebSocketManager#unsubscribe */
    record Unsubscribe(String client, @Nullable String connection, String channel, int code, String reason)
            implements Change {
        @Override
        public int make(ResilientWebSocketManager here) {
            return here.unsubscribe(client, connection, channel, code, reason);
        }

        @Override
        public void write(JsonOutput json) {
            begin("unsubscribe", json)
                    .field("channel", channel)
                    .field("code", code)
                    .field("reason", reason);
        }
    }

    /** @see ResilientWebSocketManager#disconnect */
    record Disconnect(String client, @Nullable String connection, Set<String> spared, Ending ending) implements Change {
        @Override
        public int make(ResilientWebSocketManager here) {
            return here.disconnect(client, connection, spared, ending);
        }

        @Override
        public void write(JsonOutput json) {
            begin("disconnect", json).field("code", ending.code()).field("reason", ending.reason());
            if (!spared.isEmpty()) {
                json.raw("\"spared\":[");
                int index = 0;
                for (String each : spared) {
                    json.next(index++).string(each);
                }
                json.raw("],");
            }
        }
    }

    /** @see ResilientWebSocketManager#refresh */
    record Refresh(
            String client,
            @Nullable String connection,
            @Nullable Instant expiresAt,
            byte @Nullable [] info) implements Change {

        // Not the compact form: javac 17 forgets the annotation of its array in the class file.
        public Refresh(
                String client, @Nullable String connection, @Nullable Instant expiresAt, byte @Nullable [] info) {
            this.client = client;
            this.connection = connection;
            this.expiresAt = expiresAt;
            this.info = info;
        }

        @Override
        public int make(ResilientWebSocketManager here) {
            return here.refresh(client, connection, expiresAt, info);
        }

        @Override
        public void write(JsonOutput json) {
            begin("refresh", json).field("expires_at", millis(expiresAt));
            Question.json("info", info, json);
        }
    }

    /** @see ResilientWebSocketManager#resetBreakers */
    record ResetBreakers(String client) implements Change {
        @Override
        public int make(ResilientWebSocketManager here) {
            return here.resetBreakers(client);
        }

        @Override
        public void write(JsonOutput json) {
            begin("reset_breakers", json);
        }
    }

    private static long millis(@Nullable Instant moment) {
        return moment == null ? 0 : moment.toEpochMilli();
    }
}
