package com.example.shop;

import io.holdfast.handlers.Caller;
import io.holdfast.handlers.ChannelName;
import io.holdfast.handlers.ConnectDecision;
import io.holdfast.handlers.HandlerException;
import io.holdfast.handlers.OnConnect;
import io.holdfast.handlers.OnPublish;
import io.holdfast.handlers.OnRefresh;
import io.holdfast.handlers.OnRpc;
import io.holdfast.handlers.OnSubRefresh;
import io.holdfast.handlers.OnSubscribe;
import io.holdfast.handlers.PublishDecision;
import io.holdfast.handlers.RefreshDecision;
import io.holdfast.handlers.SubscribeDecision;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.json.JsonObject;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;

/** Decides as whom clients come, how long they stay, and what they do at the desks of the shop. */
@ApplicationScoped
public class Visits {
    /** What a client asks for when it connects; all of it is optional. */
    public record Arrival(String card, Boolean refused, Integer seconds) {}

    /** What a client asks for at a desk; all of it is optional. */
    public record Wish(String seat, Integer seconds, Boolean recovery, Boolean joinLeave) {}

    private static final int LONG = 77;
    private static final int SHORT = 3;

    private final Set<String> renewed = ConcurrentHashMap.newKeySet();
    private final List<String> whispers = new CopyOnWriteArrayList<>();

    @OnConnect
    public ConnectDecision arrive(Caller caller, Arrival arrival) {
        ConnectDecision decision = ConnectDecision.accept().withData(Map.of("shop", caller.header("X-Shop") + ""));
        if (arrival == null) {
            return decision;
        }
        if (arrival.refused() != null) {
            throw new HandlerException(470, "closed today", false);
        }
        if (arrival.seconds() != null) {
            decision = decision.until(in(arrival.seconds())).withInfo(Map.of("seconds", arrival.seconds()));
        }
        return arrival.card() == null
                ? decision
                : decision.as("card-" + arrival.card()).onDevice("till").subscribedTo("offers");
    }

    @OnRefresh
    public RefreshDecision stay(Caller caller) {
        return longer(caller, "");
    }

    @OnSubscribe("desk")
    public SubscribeDecision sit(Wish wish) {
        SubscribeDecision decision = SubscribeDecision.accept();
        if (wish == null) {
            return decision;
        }
        if (wish.seat() != null) {
            decision = decision.withInfo(Map.of("seat", wish.seat())).withData(List.of(wish.seat()));
        }
        if (wish.seconds() != null) {
            decision = decision.until(in(wish.seconds()));
        }
        if (wish.recovery() != null) {
            decision = decision.withRecovery(wish.recovery());
        }
        return wish.joinLeave() == null ? decision : decision.withJoinLeave(wish.joinLeave());
    }

    @OnSubRefresh("desk")
    public RefreshDecision stayAt(Caller caller, ChannelName desk) {
        return longer(caller, desk.value());
    }

    /** A client with a token may stay for long, one without for a short time more, once. */
    private RefreshDecision longer(Caller caller, String where) {
        if (!caller.claims().isEmpty()) {
            return RefreshDecision.accept().until(in(LONG));
        }
        return renewed.add(caller.connection() + where)
                ? RefreshDecision.accept().until(in(SHORT)).withInfo(Map.of("renewed", true))
                : RefreshDecision.end();
    }

    private static Instant in(int seconds) {
        return Instant.now().plusSeconds(seconds);
    }

    /** The shop alone hears what is whispered. */
    @OnPublish("desk")
    public PublishDecision speak(Caller caller, ChannelName desk, JsonObject said) {
        if (said.containsKey("whisper")) {
            whispers.add(desk.value() + " " + said.getString("whisper"));
            return PublishDecision.handled();
        }
        return PublishDecision.accept().withTags(Map.of("by", caller.client()));
    }

    @OnRpc("whispers")
    public List<String> whispers() {
        return whispers;
    }
}
