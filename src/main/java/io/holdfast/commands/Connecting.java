package io.holdfast.commands;

import io.holdfast.access.AccessDeniedException;
import io.holdfast.access.AccessPolicy;
import io.holdfast.access.Identity;
import io.holdfast.access.Login;
import io.holdfast.delivery.Names;
import io.holdfast.delivery.OutsideTime;
import io.holdfast.delivery.RegisteredConnection;
import io.holdfast.delivery.WallClock;
import io.holdfast.delivery.WireFormat;
import io.holdfast.handlers.ConnectDecision;
import io.holdfast.handlers.Handler;
import io.holdfast.handlers.RefreshDecision;
import io.holdfast.handlers.calls.CallKind;
import io.holdfast.protocol.CloseCode;
import io.holdfast.protocol.ConnectOptions;
import io.holdfast.protocol.ConnectRequest;
import io.holdfast.protocol.ConnectResult;
import io.holdfast.protocol.ErrorCode;
import io.holdfast.protocol.InvalidFieldException;
import io.holdfast.protocol.RefreshRequest;
import io.holdfast.protocol.RefreshResult;
import io.holdfast.protocol.Request;
import io.holdfast.protocol.SubscribeResult;
import java.time.Instant;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Who is at the other end of a connection, and for how long: connect and refresh.
 *
 * <p><b>State.</b> <i>Expecting</i> the connect command, <i>connected</i>, or <i>unusable</i> after a failed connect.
 */
final class Connecting {
    private static final Logger LOG = Logger.getLogger(Connecting.class.getName());

    private enum State {
        EXPECTING,
        CONNECTED,
        UNUSABLE
    }

    private final RegisteredConnection connection;
    private final WireFormat tagged;
    private final Answers answers;
    private final Subscribing subscribing;
    private final Consultation consultation;
    private final AccessPolicy access;
    private final CommandSettings settings;
    private final WallClock wall;
    private final String session;
    private final @Nullable Login login;
    private volatile State state = State.EXPECTING;
    private volatile Identity who = Identity.NOBODY;
    private volatile @Nullable String device;

    /** What the token or login said at connect, before a handler decided. */
    private volatile Identity presented = Identity.NOBODY;

    /** When the token or login that was shown last ends, whatever a handler decides. */
    private volatile long credentialEndsAtMillis = Identity.NEVER;

    /** What a handler decided that others see; null for what the token says. */
    private volatile byte @Nullable [] decidedInfo;

    /** @param tagged for a client that asks for the server's tags */
    Connecting(
            RegisteredConnection connection,
            WireFormat tagged,
            Answers answers,
            Subscribing subscribing,
            Consultation consultation,
            AccessPolicy access,
            CommandSettings settings,
            WallClock wall,
            String session,
            @Nullable Login login) {
        this.connection = connection;
        this.tagged = tagged;
        this.answers = answers;
        this.subscribing = subscribing;
        this.consultation = consultation;
        this.access = access;
        this.settings = settings;
        this.wall = wall;
        this.session = session;
        this.login = login;
        endIfLate();
    }

    /** The client that has connected. */
    Identity who() {
        return who;
    }

    /** Its device; null if it has named none. */
    @Nullable
    String device() {
        return device;
    }

    /** Whether it is the time for a request. */
    boolean admits(Request request) {
        return state == (request instanceof ConnectRequest ? State.EXPECTING : State.CONNECTED);
    }

    /** The connect command cannot be read. */
    void spoil() {
        state = State.UNUSABLE;
    }

    private void endIfLate() {
        connection.endAfter(settings.connectTimeout(), Failures.ending(CloseCode.STALE));
    }

    void connect(int id, ConnectRequest connect) {
        state = State.UNUSABLE;
        Handler<ConnectDecision> handler = consultation.connectHandler();
        ConnectOptions data;
        Identity identity;
        try {
            data = ConnectOptions.parse(connect.data());
            if (data.device() != null && !Names.isDevice(data.device())) {
                throw new InvalidFieldException("device", "must be a device's name");
            }
            identity = consultation.kept(identify(connect, data, handler != null));
        } catch (InvalidFieldException e) {
            answers.error(id, ErrorCode.BAD_REQUEST);
            return;
        } catch (AccessDeniedException e) {
            refuse(id, e);
            return;
        }
        presented = identity;
        credentialEndsAtMillis = identity.expiresAtMillis();
        String named = identity.device() == null ? data.device() : identity.device();
        if (handler == null) {
            enter(id, connect, data, identity, named, null);
            return;
        }
        connection.endNever(); // the call has a time limit of its own
        consultation.decide(
                id,
                CallKind.CONNECT,
                handler,
                consultation.call(identity, named, "", connect.data()),
                this::endIfLate,
                decision -> decided(id, connect, data, identity, named, decision));
    }

    /** @param maybeNobody whether a client without token, login and name is nobody, rather than refused */
    private Identity identify(ConnectRequest connect, ConnectOptions data, boolean maybeNobody)
            throws AccessDeniedException {
        try {
            return access.authenticate(connect.token(), login, data.client(), data.device(), wall.now());
        } catch (AccessDeniedException e) {
            if (maybeNobody
                    && (e.kind() == AccessDeniedException.Kind.UNAUTHORIZED
                            || e.kind() == AccessDeniedException.Kind.INVALID_CLIENT)) {
                return Identity.NOBODY;
            }
            throw e;
        }
    }

    private void decided(
            int id,
            ConnectRequest connect,
            ConnectOptions data,
            Identity identity,
            @Nullable String named,
            ConnectDecision decision) {
        decidedInfo = (byte[]) decision.info();
        consultation.remember((byte[]) decision.meta());
        Identity as =
                identity.decided(decision.client(), decidedInfo, decision.expiresAt(), decision.channels(), wall.now());
        String on = decision.device() == null ? named : decision.device();
        if (as.client().isEmpty()) {
            endIfLate();
            answers.error(id, ErrorCode.UNAUTHORIZED);
        } else if (!Names.isClient(as.client()) || (on != null && !Names.isDevice(on))) {
            mistaken(id, "it names the client \"" + as.client() + "\" and the device \"" + on + "\"");
        } else if (!answers.fits((byte[]) decision.data())) {
            endIfLate();
            answers.tooLarge(id, ErrorCode.LIMIT_EXCEEDED);
        } else {
            try {
                access.requireChannels(as);
                Handler<RefreshDecision> refresh = consultation.refreshHandler();
                if (decision.expiresAt() != null && connect.token() == null && refresh != null) {
                    connection.insteadOfExpiring(renewal(refresh));
                }
                enter(id, connect, data, as, on, (byte[]) decision.data());
            } catch (AccessDeniedException e) {
                mistaken(id, "it subscribes to " + decision.channels() + ": " + e.getMessage());
            }
        }
    }

    /** The client has no token that it could bring: the application is asked when the connection expires. */
    private Runnable renewal(Handler<RefreshDecision> handler) {
        return consultation.renewal(
                CallKind.REFRESH, handler, () -> consultation.call(who, device, "", null), new Renewable() {
                    @Override
                    public void goesOn(@Nullable Instant until, byte @Nullable [] info, Runnable again) {
                        if (info != null) {
                            decidedInfo = info;
                            connection.show(info);
                        }
                        long decided = until == null
                                ? Identity.NEVER
                                : OutsideTime.atMost(until).toEpochMilli();
                        long end = Math.min(decided, credentialEndsAtMillis);
                        if (end != Identity.NEVER && !Instant.ofEpochMilli(end).isAfter(wall.now())) {
                            ends();
                        } else {
                            limitLife(end);
                        }
                    }

                    @Override
                    public void ends() {
                        answers.close(CloseCode.EXPIRED);
                    }
                });
    }

    private void mistaken(int id, String what) {
        endIfLate();
        LOG.log(Level.WARNING, "What the handler for connect has decided cannot be done: {0}", what);
        answers.error(id, ErrorCode.INTERNAL);
    }

    private void enter(
            int id,
            ConnectRequest connect,
            ConnectOptions options,
            Identity identity,
            @Nullable String named,
            byte @Nullable [] data) {
        if (!entered(identity)) {
            return;
        }
        state = State.CONNECTED;
        connection.endNever(); // what follows waits for the store; the client has done its part
        who = identity;
        device = named;
        if (options.tags()) {
            connection.deliverAs(tagged);
        }
        if (!connection.identify(who.client(), who.info())) {
            return;
        }
        subscribing.confirmedByAcks(options.explicitAcks());
        Map<String, SubscribeResult> subs = new HashMap<>(subscribing.granted(who, connect.subs()));
        String outbox = Names.outbox(who.client());
        if (options.outbox() && !who.guest()) {
            subs.put(outbox, subscribing.openOutbox(who, device, connect.subs().get(outbox)));
        }
        long secondsToLive = limitLife(identity.expiresAtMillis());
        // Only a client that has shown a token can bring another one. An SDK without a token that is told of an expiry
        // would give up instead of reconnecting.
        boolean renewable = identity.expires() && connect.token() != null;
        connection.replyConnected(answers.encoded(
                id,
                new ConnectResult(
                        connection.id(),
                        settings.version(),
                        renewable,
                        renewable ? secondsToLive : 0,
                        subs,
                        (int) settings.pingInterval().toSeconds(),
                        true,
                        session,
                        settings.node(),
                        data)));
    }

    private void refuse(int id, AccessDeniedException denied) {
        Failures.tell(denied);
        switch (denied.kind()) {
            case UNAUTHORIZED -> answers.error(id, ErrorCode.UNAUTHORIZED);
            case INVALID_CLIENT -> answers.error(id, ErrorCode.INVALID_CLIENT);
            case TOKEN_EXPIRED -> answers.error(id, ErrorCode.TOKEN_EXPIRED);
            case INVALID_TOKEN -> answers.close(CloseCode.INVALID_TOKEN);
            case UNAVAILABLE -> answers.error(id, ErrorCode.INTERNAL);
            case UNKNOWN_CHANNEL -> answers.error(id, ErrorCode.UNKNOWN_CHANNEL);
            case PERMISSION -> answers.error(id, ErrorCode.PERMISSION_DENIED);
        }
    }

    /** Lets a revocation reach this connection; false, and it is closed, if one has come in between. */
    private boolean entered(Identity identity) {
        boolean welcome = access.entered(connection.id(), identity, connection::close, wall.now());
        if (!welcome) {
            answers.close(CloseCode.INVALID_TOKEN);
        }
        if (connection.hasEnded()) {
            access.left(connection.id()); // once more, where the end came before the entry
        }
        return welcome;
    }

    /** Sets the moment at which an unrefreshed connection ends. @return seconds to live; 0 for no end */
    private long limitLife(long expiresAtMillis) {
        if (expiresAtMillis == Identity.NEVER) {
            connection.endNever();
            return 0;
        }
        Instant end = Instant.ofEpochMilli(expiresAtMillis);
        connection.expireAt(end, settings.expiryGrace());
        return OutsideTime.wireSeconds(wall.until(end));
    }

    void refresh(int id, RefreshRequest refresh) {
        Identity identity;
        try {
            identity = consultation.kept(access.authenticate(refresh.token(), null, null, wall.now()));
        } catch (AccessDeniedException e) {
            if (e.kind() == AccessDeniedException.Kind.TOKEN_EXPIRED) {
                // Error 109 to a refresh makes SDKs stay away for good; from 3005 they come back.
                answers.close(CloseCode.EXPIRED);
            } else {
                refuse(id, e);
            }
            return;
        }
        if (!presented.sameClient(identity)) {
            answers.close(CloseCode.INVALID_TOKEN);
            return;
        }
        if (!identity.connectsLike(presented)) {
            // What the server subscribes at connect, and the outbox's cursor, are made at connect only.
            answers.close(CloseCode.INSUFFICIENT_STATE);
            return;
        }
        Handler<RefreshDecision> handler = consultation.refreshHandler();
        Identity renewed = who.renewedBy(identity, decidedInfo);
        if (handler == null) {
            refreshed(id, identity, renewed);
            return;
        }
        consultation.decide(
                id, CallKind.REFRESH, handler, consultation.call(renewed, device, "", null), () -> {}, decision -> {
                    if (decision.expired()) {
                        answers.close(CloseCode.EXPIRED);
                    } else {
                        byte[] info = (byte[]) decision.info();
                        if (info != null) {
                            decidedInfo = info;
                        }
                        refreshed(
                                id, identity, renewed.decided(null, info, decision.expiresAt(), List.of(), wall.now()));
                    }
                });
    }

    /** @param shown what the token says @param identity with what a handler decided */
    private void refreshed(int id, Identity shown, Identity identity) {
        if (!entered(identity)) {
            return;
        }
        credentialEndsAtMillis = shown.expiresAtMillis();
        connection.insteadOfExpiring(null); // it has a token now, and can bring another one
        if (!Arrays.equals(identity.info(), who.info())) {
            connection.show(identity.info());
        }
        who = identity;
        answers.reply(
                id,
                new RefreshResult(
                        connection.id(),
                        settings.version(),
                        identity.expires(),
                        limitLife(identity.expiresAtMillis())));
    }
}
