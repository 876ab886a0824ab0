package io.holdfast.commands;

import io.holdfast.access.AccessDeniedException;
import io.holdfast.access.AccessPolicy;
import io.holdfast.access.Identity;
import io.holdfast.access.Names;
import io.holdfast.access.SubscribeGrant;
import io.holdfast.delivery.DeliveryClock;
import io.holdfast.delivery.RegisteredConnection;
import io.holdfast.protocol.ErrorCode;
import io.holdfast.protocol.SubscribeRequest;
import io.holdfast.protocol.SubscribeResult;
import io.holdfast.protocol.UnsubscribeRequest;
import io.holdfast.protocol.UnsubscribeResult;
import io.holdfast.stream.Position;
import org.jspecify.annotations.Nullable;

/** A client's subscriptions to ordinary channels. Recovery follows the reply as pushes. */
final class Subscribing {
    private final RegisteredConnection connection;
    private final Answers answers;
    private final AccessPolicy access;
    private final int maxChannels;
    private final DeliveryClock clock;

    Subscribing(
            RegisteredConnection connection,
            Answers answers,
            AccessPolicy access,
            int maxChannels,
            DeliveryClock clock) {
        this.clock = clock;
        this.connection = connection;
        this.answers = answers;
        this.access = access;
        this.maxChannels = maxChannels;
    }

    void subscribe(int id, Identity who, SubscribeRequest subscribe) {
        ErrorCode refusal = refusal(who, subscribe);
        if (refusal != null) {
            answers.error(id, refusal);
            return;
        }
        String channel = subscribe.channel();
        Position wanted = subscribe.recover() ? new Position(subscribe.epoch(), subscribe.offset()) : null;
        RegisteredConnection.Subscribed made = connection.subscribe(channel, wanted);
        if (wanted != null && !made.recovered() && subscribe.rejectsUnrecovered()) {
            connection.unsubscribe(channel);
            answers.error(id, ErrorCode.UNRECOVERABLE_POSITION);
            return;
        }
        answers.reply(id, result(made, wanted != null));
        connection.start(channel);
    }

    void unsubscribe(int id, UnsubscribeRequest unsubscribe) {
        if (unsubscribe.channel().startsWith("#")) {
            answers.error(id, ErrorCode.PERMISSION_DENIED);
            return;
        }
        connection.unsubscribe(unsubscribe.channel());
        answers.reply(id, new UnsubscribeResult());
    }

    static SubscribeResult result(RegisteredConnection.Subscribed made, boolean recovering) {
        Position from = made.position();
        return new SubscribeResult(
                false, 0, true, true, from.epoch(), from.offset(), recovering, recovering && made.recovered());
    }

    private @Nullable ErrorCode refusal(Identity who, SubscribeRequest subscribe) {
        String channel = subscribe.channel();
        if (!Names.isChannel(channel) || subscribe.type() != 0) {
            return ErrorCode.BAD_REQUEST;
        }
        SubscribeGrant grant;
        try {
            grant = access.maySubscribe(who, channel, subscribe.token(), clock.millis());
        } catch (AccessDeniedException e) {
            return switch (e.kind()) {
                case TOKEN_EXPIRED -> ErrorCode.TOKEN_EXPIRED;
                case UNAVAILABLE -> ErrorCode.INTERNAL;
                default -> ErrorCode.PERMISSION_DENIED;
            };
        }
        return switch (grant.access()) {
            case DENIED -> ErrorCode.PERMISSION_DENIED;
            case UNKNOWN -> ErrorCode.UNKNOWN_CHANNEL;
            case OWN_OUTBOX -> ErrorCode.ALREADY_SUBSCRIBED;
            case ALLOWED -> {
                if (connection.subscribed(channel)) {
                    yield ErrorCode.ALREADY_SUBSCRIBED;
                }
                yield connection.ordinarySubscriptions() >= maxChannels ? ErrorCode.LIMIT_EXCEEDED : null;
            }
        };
    }
}
