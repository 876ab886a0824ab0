package io.holdfast.commands;

import io.holdfast.access.AccessPolicy;
import io.holdfast.access.Action;
import io.holdfast.access.Identity;
import io.holdfast.delivery.Deduplication;
import io.holdfast.delivery.DeliveryClock;
import io.holdfast.delivery.DeliveryException;
import io.holdfast.delivery.Names;
import io.holdfast.delivery.RegisteredConnection;
import io.holdfast.delivery.ResilientWebSocketManager;
import io.holdfast.delivery.SendOptions;
import io.holdfast.protocol.ErrorCode;
import io.holdfast.protocol.PublishCall;
import io.holdfast.protocol.PublishRequest;
import io.holdfast.protocol.PublishResult;
import io.holdfast.protocol.Result;
import io.holdfast.protocol.RpcResult;
import io.holdfast.protocol.RpcResults;
import io.holdfast.stream.Position;
import io.holdfast.stream.Receipt;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** A client's publications: by the protocol's own command, or by {@code rpc "publish"} with a message id. */
final class Publishing {
    private final RegisteredConnection connection;
    private final Answers answers;
    private final ResilientWebSocketManager manager;
    private final AccessPolicy access;
    private final DeliveryClock clock;
    private final CommandQueue queue;

    Publishing(
            RegisteredConnection connection,
            Answers answers,
            ResilientWebSocketManager manager,
            AccessPolicy access,
            DeliveryClock clock,
            CommandQueue queue) {
        this.connection = connection;
        this.answers = answers;
        this.manager = manager;
        this.access = access;
        this.clock = clock;
        this.queue = queue;
    }

    void publish(int id, Identity who, PublishRequest publish) {
        publish(id, who, publish.channel(), publish.data(), SendOptions.defaults(), receipt -> new PublishResult());
    }

    void publish(int id, Identity who, PublishCall call) {
        SendOptions how = new SendOptions(call.id(), call.ttl(), call.tags(), true, Deduplication.Wanted.CHANNEL);
        publish(id, who, call.channel(), call.data(), how, Publishing::result);
    }

    private void publish(
            int id, Identity who, String channel, byte[] data, SendOptions how, Function<Receipt, Result> result) {
        ErrorCode refusal = refusal(who, channel);
        if (refusal != null) {
            answers.error(id, refusal);
            return;
        }
        try {
            CompletionStage<Receipt> receipt = manager.publish(channel, data, how, connection.publisher(channel));
            queue.publishing();
            answers.replyWhenStored(id, receipt, result).whenComplete((stored, failure) -> queue.published());
        } catch (DeliveryException e) {
            answers.error(id, Failures.errorCode(e));
        }
    }

    private @Nullable ErrorCode refusal(Identity who, String channel) {
        if (!Names.isChannel(channel)) {
            return ErrorCode.BAD_REQUEST;
        }
        if (!access.knows(channel)) {
            return ErrorCode.UNKNOWN_CHANNEL;
        }
        if (!access.may(Action.PUBLISH, who, channel, connection.subscribed(channel))) {
            return ErrorCode.PERMISSION_DENIED;
        }
        return access.withinRate(who, channel, clock.nanos()) ? null : ErrorCode.TOO_MANY_REQUESTS;
    }

    private static Result result(Receipt receipt) {
        Position position = receipt.position();
        RpcResults.Place place = position == null
                ? new RpcResults.Place("", 0)
                : new RpcResults.Place(position.epoch(), position.offset());
        return new RpcResult(RpcResults.published(receipt.id(), place, receipt.duplicate()));
    }
}
