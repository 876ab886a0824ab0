package io.holdfast.cli;

import com.fasterxml.jackson.core.JsonGenerator;
import io.holdfast.client.Json;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** One connection of {@link Tail}: connects, subscribes where the last one ended, answers pings, hands on publications. */
final class TailSession {
    private static final int CONNECT = 1;
    private static final int SUBSCRIBE = 2;
    private static final int HISTORY = 3;

    /** Beyond the announced interval of pings; the server allows its clients as much. */
    private static final Duration GRACE = Duration.ofSeconds(10);

    private final Tail.Wish wish;
    private final Tail.Place place;
    private final Socket socket;
    private final Screen screen;
    private final Predicate<String> show;

    /** Not null while the earlier publications are awaited. What comes in the meantime is shown after them. */
    private @Nullable List<String> held;

    private Duration silence;
    private boolean live;
    private boolean done;
    private String end = "";

    /** @param show prints a publication and says whether to go on */
    TailSession(Tail.Wish wish, Tail.Place place, Socket socket, Screen screen, Predicate<String> show) {
        this.wish = wish;
        this.place = place;
        this.socket = socket;
        this.screen = screen;
        this.show = show;
        this.silence = wish.limit();
    }

    /** Whether the channel was subscribed. */
    boolean isLive() {
        return live;
    }

    /**
     * Returns why the connection has ended, if another one may do better.
     *
     * @throws Failure if not
     */
    String follow() throws InterruptedException {
        socket.send(Json.object(this::connect));
        while (!done) {
            Socket.Event event = socket.next(silence);
            if (event == null) {
                if (!live) {
                    throw Refusals.silent(wish.server(), wish.limit());
                }
                return "The server does not answer";
            } else if (event instanceof Socket.Closed closed) {
                return closed(closed);
            } else if (event instanceof Socket.Text text) {
                hear(text.frame());
            } else {
                throw new IllegalArgumentException("an unknown event: " + event);
            }
        }
        return end;
    }

    private void connect(JsonGenerator json) throws IOException {
        json.writeNumberField("id", CONNECT);
        json.writeObjectFieldStart("connect");
        if (!wish.token().isEmpty()) {
            json.writeStringField("token", wish.token());
        }
        json.writeStringField("name", "holdfast-cli");
        json.writeObjectFieldStart("data");
        if (wish.token().isEmpty()) {
            json.writeStringField("client", wish.client());
        }
        json.writeBooleanField("outbox", false);
        json.writeBooleanField("tags", true);
        json.writeEndObject();
        if (place.known) { // counts where the token itself subscribes
            json.writeObjectFieldStart("subs");
            json.writeObjectFieldStart(wish.channel());
            position(json);
            json.writeEndObject();
            json.writeEndObject();
        }
        json.writeEndObject();
    }

    private void position(JsonGenerator json) throws IOException {
        json.writeBooleanField("recover", true);
        json.writeStringField("epoch", place.epoch);
        json.writeNumberField("offset", place.offset);
    }

    private void hear(String frame) {
        try {
            for (Incoming incoming : Incoming.read(frame)) {
                hear(incoming);
            }
        } catch (IOException e) {
            throw new Failure(
                    Exit.NO,
                    "not_protocol",
                    "The server does not use the client protocol",
                    "Check that --url is that of a gateway.");
        }
    }

    private void hear(Incoming incoming) throws IOException {
        if (done) {
            return;
        }
        switch (incoming.kind()) {
            case "ping" -> socket.send("{}");
            case "error" -> error(incoming);
            case "connect" -> connected(Json.read(incoming.body()));
            case "subscribe" -> {
                if (incoming.id() == SUBSCRIBE) {
                    subscribed(Json.read(incoming.body()));
                }
            }
            case "history" -> past(incoming.body());
            case "pub" -> {
                if (incoming.channel().equals(wish.channel())) {
                    publication(incoming.body());
                }
            }
            case "unsubscribe" -> {
                if (incoming.channel().equals(wish.channel())) {
                    finish("The server has ended the subscription");
                }
            }
            default -> {} // what else the server may say means nothing here
        }
    }

    private void connected(Json reply) {
        long ping = reply.at("ping").number();
        silence = ping > 0 && ping < 86_400 ? Duration.ofSeconds(ping).plus(GRACE) : Duration.ofDays(1);
        if (reply.at("subs").has(wish.channel())) {
            subscribed(reply.at("subs", wish.channel()));
            return;
        }
        socket.send(Json.object(json -> {
            json.writeNumberField("id", SUBSCRIBE);
            json.writeObjectFieldStart("subscribe");
            json.writeStringField("channel", wish.channel());
            if (!wish.subscriptionToken().isEmpty()) {
                json.writeStringField("token", wish.subscriptionToken());
            }
            if (place.known) {
                position(json);
            }
            json.writeEndObject();
        }));
    }

    private void subscribed(Json reply) {
        if (live) {
            return;
        }
        live = true;
        String epoch = reply.at("epoch").textOrNumber();
        if (place.known && !reply.at("recovered").isTrue()) {
            screen.note("Lost: publications after offset " + place.offset + " are gone (recovered: false)");
            place.offset = epoch.equals(place.epoch) ? place.offset : 0;
        } else if (!place.known) {
            place.offset = reply.at("offset").number();
        }
        place.epoch = epoch;
        place.known = true;
        if (!place.pastShown) {
            past();
        }
    }

    private void past() {
        held = new ArrayList<>();
        socket.send(Json.object(json -> {
            json.writeNumberField("id", HISTORY);
            json.writeObjectFieldStart("history");
            json.writeStringField("channel", wish.channel());
            json.writeNumberField("limit", wish.last());
            json.writeBooleanField("reverse", true);
            json.writeEndObject();
        }));
    }

    /** They came newest first. */
    private void past(String body) throws IOException {
        List<String> waiting = held == null ? List.of() : held;
        held = null;
        place.pastShown = true;
        List<String> past = Incoming.elements(body, "publications");
        Collections.reverse(past);
        if (!past.isEmpty()) {
            place.offset = 0;
        }
        past.forEach(this::publication);
        waiting.forEach(this::publication);
    }

    private void publication(String json) {
        if (held != null) {
            held.add(json);
        } else if (!done && !show.test(json)) {
            finish("");
        }
    }

    private void error(Incoming incoming) throws IOException {
        Json error = Json.read(incoming.body());
        String code = error.at("code").textOrNumber();
        String message = error.at("message").textOrNumber();
        if (error.at("temporary").isTrue() && live) {
            finish("The server answers: " + message);
            return;
        }
        String what = incoming.id() == HISTORY
                ? "to read the history of "
                : incoming.id() == SUBSCRIBE ? "to subscribe " : "";
        throw switch (code) {
            case "101" ->
                new Failure(
                        Exit.NOT_ALLOWED,
                        code,
                        message,
                        "Give a token: HOLDFAST_TOKEN or --token-file; see: token make --help");
            case "109" -> new Failure(Exit.NOT_ALLOWED, code, message, "Make a new token; see: token make --help");
            case "103" ->
                new Failure(
                        Exit.NOT_ALLOWED,
                        code,
                        message + (what.isEmpty() ? "" : ": " + what + wish.channel()),
                        incoming.id() == HISTORY
                                ? "Leave --last out, or let clients read history (holdfast.channels.history)."
                                : "Give a subscription token (HOLDFAST_SUBSCRIPTION_TOKEN; see: token make --help), or let"
                                        + " clients subscribe (holdfast.channels.subscribe).");
            default -> Refusals.byCode(error);
        };
    }

    private String closed(Socket.Closed closed) {
        int code = closed.code();
        String why = "The connection is closed: " + code + (closed.reason().isEmpty() ? "" : " " + closed.reason());
        boolean mayReturn = code < 3_500 || (code >= 4_000 && code < 4_500);
        if (mayReturn) {
            if (!live) {
                throw new Failure(
                        Exit.UNREACHABLE, "closed", why, "Check that --url is that of a gateway, and try again.");
            }
            return why;
        }
        boolean denied = code == 3_500 || code == 3_503 || code == 3_507;
        throw new Failure(
                denied ? Exit.NOT_ALLOWED : Exit.NO,
                String.valueOf(code),
                why,
                denied
                        ? "Give a valid token: HOLDFAST_TOKEN or --token-file; see: token make --help"
                        : "See docs/protocol.md.");
    }

    private void finish(String why) {
        done = true;
        end = why;
    }
}
