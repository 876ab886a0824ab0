package io.holdfast.http;

import io.holdfast.access.AccessPolicy;
import io.holdfast.access.Revocation;
import io.holdfast.cluster.Asking;
import io.holdfast.delivery.Gathered;
import io.holdfast.delivery.Names;
import io.holdfast.delivery.OutsideTime;
import io.holdfast.delivery.WallClock;
import io.holdfast.json.JsonOutput;
import io.holdfast.stream.EngineException;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;

/** Revokes clients and tokens, and lists revocations. Waits for the disk on the caller's thread. */
@ApplicationScoped
class RevokeApi {
    private static final Logger LOG = Logger.getLogger(RevokeApi.class.getName());
    private static final long DAY_SECONDS = 24L * 3600;
    private static final int MAX_LISTED = 1_000;

    private final AccessPolicy access;
    private final WallClock wall;
    private final Asking others;

    private static final Binder<Wanted> FIELDS = Binder.<Wanted>strict()
            .field("client", (wanted, in) -> wanted.client = in.stringOrNull())
            .field("token_id", (wanted, in) -> wanted.tokenId = in.stringOrNull())
            .optional("issued_before", (wanted, in) -> wanted.issuedBefore = in.decimal())
            .optional("ttl", (wanted, in) -> wanted.ttl = Binder.seconds(in, "ttl", "takes it back"));

    /** The fields of the body; absent fields are null. */
    private static final class Wanted implements Binder.Target {
        private @Nullable String client;
        private @Nullable String tokenId;
        private @Nullable BigDecimal issuedBefore;
        private BigDecimal ttl = BigDecimal.valueOf(DAY_SECONDS);
        private @Nullable Answer refused;

        @Override
        public void refuse(String code, String field, String message) {
            refused = refused == null ? Answer.error(400, code, message, field) : refused;
        }
    }

    /** For the client proxy only. */
    @SuppressWarnings("NullAway")
    protected RevokeApi() {
        this(null, null, null);
    }

    @Inject
    RevokeApi(AccessPolicy access, WallClock wall, Asking others) {
        this.access = access;
        this.wall = wall;
        this.others = others;
    }

    /** Has what other nodes revoke be in force here. Called once, at the start. */
    void answerOthers() {
        others.answer(RevocationQuestion.ABOUT, question -> RevocationQuestion.answer(question, access, wall));
    }

    /**
     * {@code {"client":…}} or {@code {"token_id":…}}, with {@code ttl} in seconds (a day; 0 takes a revocation back) and, for
     * a client, {@code issued_before} in seconds since 1970. The answer is {@code {"closed":…,"expires_at":…}}, with
     * {@code missing_nodes} where a node did not say how many it has closed: it reads the revocation from the store.
     */
    CompletionStage<Answer> revoke(byte[] body) throws IOException {
        Wanted wanted = new Wanted();
        FIELDS.read(body, wanted);
        Answer refused = wanted.refused == null ? check(wanted) : wanted.refused;
        if (refused != null) {
            return CompletableFuture.completedFuture(refused);
        }
        return revoke(wanted);
    }

    private CompletionStage<Answer> revoke(Wanted wanted) {
        Instant now = wall.now();
        Revocation revocation = revocation(wanted, now);
        try {
            AccessPolicy.Revoked here = access.revoke(revocation, now);
            return others.all(
                            new RevocationQuestion(revocation, others.number(), here.change()),
                            closed -> here.closed()
                                    + closed.stream()
                                            .mapToInt(Integer::intValue)
                                            .sum())
                    .thenApply(closed -> answer(closed, revocation));
        } catch (EngineException e) {
            LOG.log(
                    Level.SEVERE,
                    "A revocation could not be stored; it is in force only here, until the next start",
                    e);
            return CompletableFuture.completedFuture(Answer.error(
                    503,
                    "unavailable",
                    "The revocation is in force on this node but could not be stored: repeat it, because a restart would"
                            + " forget it, and other nodes do not know it"));
        } catch (IllegalStateException e) {
            return CompletableFuture.completedFuture(
                    Answer.error(409, "limit_exceeded", "There are too many revocations; use a shorter ttl"));
        }
    }

    private static Answer answer(Gathered<Integer> closed, Revocation revocation) {
        JsonOutput json = new JsonOutput()
                .raw("{\"closed\":")
                .number(closed.value())
                .raw(",\"expires_at\":")
                .number(revocation.expiresAtMillis());
        return Answer.ok(RecordJson.missing(closed, json).raw("}"));
    }

    /** {@code {"revocations":[…],"total":…}}: those that count, at most 1000 of them, in order of their names. */
    Answer list() {
        List<Revocation> all = access.revocations().list(wall.now());
        JsonOutput json = new JsonOutput().raw("{\"revocations\":[");
        List<Revocation> shown = all.subList(0, Math.min(MAX_LISTED, all.size()));
        for (int i = 0; i < shown.size(); i++) {
            write(shown.get(i), json.next(i));
        }
        return Answer.ok(json.raw("],\"total\":").number(all.size()).raw("}"));
    }

    private static void write(Revocation revocation, JsonOutput json) {
        String client = revocation.client();
        if (client != null) {
            json.raw("{\"client\":").string(client);
            if (revocation.issuedBeforeMillis() != Revocation.ALL) {
                json.raw(",\"issued_before\":").number(revocation.issuedBeforeMillis() / 1000);
            }
        } else {
            json.raw("{\"token_id\":").string(String.valueOf(revocation.tokenId()));
        }
        json.raw(",\"expires_at\":").number(revocation.expiresAtMillis()).raw("}");
    }

    private static @Nullable Answer check(Wanted wanted) {
        String client = wanted.client;
        String tokenId = wanted.tokenId;
        if ((client == null) == (tokenId == null)) {
            return Answer.error(400, "missing_field", "Either client or token_id is required", "client");
        }
        if (client != null && !Names.isClient(client)) {
            return invalid("client", "is not a client's name");
        }
        if (tokenId != null
                && (tokenId.isEmpty()
                        || tokenId.getBytes(StandardCharsets.UTF_8).length > Revocation.MAX_TOKEN_ID_BYTES)) {
            return invalid("token_id", "must be 1 to " + Revocation.MAX_TOKEN_ID_BYTES + " bytes");
        }
        BigDecimal before = wanted.issuedBefore;
        if (before != null && client == null) {
            return invalid("issued_before", "can only be used with client");
        }
        return before == null || before.signum() >= 0 ? null : invalid("issued_before", "must be seconds since 1970");
    }

    private static Revocation revocation(Wanted wanted, Instant now) {
        long expiresAt = now.toEpochMilli() + millis(wanted.ttl);
        BigDecimal before = wanted.issuedBefore;
        return wanted.client == null
                ? Revocation.ofToken(String.valueOf(wanted.tokenId), expiresAt)
                : Revocation.ofClient(
                        wanted.client, before == null ? Revocation.ALL : OutsideTime.millis(before), expiresAt);
    }

    private static long millis(BigDecimal seconds) {
        return seconds.movePointRight(3).longValue();
    }

    private static Answer invalid(String field, String what) {
        return Answer.error(400, "invalid_field", field + " " + what, field);
    }
}
