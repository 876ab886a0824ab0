package io.holdfast.commands;

import io.holdfast.access.AccessPolicy;
import io.holdfast.access.Action;
import io.holdfast.access.Identity;
import io.holdfast.access.PayloadForm;
import io.holdfast.delivery.Deduplication;
import io.holdfast.delivery.DeliveryClock;
import io.holdfast.delivery.DeliveryException;
import io.holdfast.delivery.Names;
import io.holdfast.delivery.RegisteredConnection;
import io.holdfast.delivery.ResilientWebSocketManager;
import io.holdfast.delivery.SendOptions;
import io.holdfast.handlers.ClientCall;
import io.holdfast.handlers.Handler;
import io.holdfast.handlers.PublishDecision;
import io.holdfast.handlers.calls.CallKind;
import io.holdfast.protocol.ErrorCode;
import io.holdfast.protocol.PublishCall;
import io.holdfast.protocol.PublishRequest;
import io.holdfast.protocol.PublishResult;
import io.holdfast.protocol.Result;
import io.holdfast.protocol.RpcResult;
import io.holdfast.protocol.RpcResults;
import io.holdfast.stream.OpaquePayload;
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
    private final Consultation consultation;

    Publishing(
            RegisteredConnection connection,
            Answers answers,
            ResilientWebSocketManager manager,
            AccessPolicy access,
            DeliveryClock clock,
            CommandQueue queue,
            Consultation consultation) {
        this.connection = connection;
        this.answers = answers;
        this.manager = manager;
        this.access = access;
        this.clock = clock;
        this.queue = queue;
        this.consultation = consultation;
    }

    void publish(int id, Identity who, @Nullable String device, PublishRequest publish) {
        if (publish.map()) {
            answers.error(id, ErrorCode.NOT_AVAILABLE);
            return;
        }
        publish(
                id,
                who,
                device,
                publish.channel(),
                publish.json()
                        ? publish.data()
                        : StoredPayload.of(
                                publish.data(),
                                access.namespace(publish.channel()).payload()),
                SendOptions.defaults(),
                receipt -> new PublishResult());
    }

    void publish(int id, Identity who, @Nullable String device, PublishCall call) {
        SendOptions how = new SendOptions(call.id(), call.ttl(), call.tags(), true, Deduplication.Wanted.CHANNEL, null);
        publish(id, who, device, call.channel(), call.data(), how, Publishing::result);
    }

    private void publish(
            int id,
            Identity who,
            @Nullable String device,
            String channel,
            byte[] data,
            SendOptions how,
            Function<Receipt, Result> result) {
        ErrorCode refusal = refusal(who, channel);
        if (refusal != null) {
            answers.error(id, refusal);
            return;
        }
        if (OpaquePayload.is(data) && access.namespace(channel).payload() != PayloadForm.ANY) {
            answers.error(id, ErrorCode.BAD_REQUEST); // before a handler is asked
            return;
        }
        Handler<PublishDecision> handler = consultation.publishHandler(channel);
        if (handler == null) {
            store(id, channel, data, how, result);
            return;
        }
        ClientCall call = consultation.call(who, device, channel, data);
        consultation.decide(id, CallKind.PUBLISH, handler, call, () -> {}, decision -> {
            if (decision.done()) {
                String message = how.id() == null ? "" : how.id();
                answers.reply(id, result.apply(Receipt.passedOn(message, 0)));
                return;
            }
            byte[] replaced = (byte[]) decision.data();
            store(
                    id,
                    channel,
                    replaced == null ? data : replaced,
                    decision.tags() == null ? how : how.withTags(decision.tags()),
                    result);
        });
    }

    private void store(int id, String channel, byte[] data, SendOptions how, Function<Receipt, Result> result) {
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
