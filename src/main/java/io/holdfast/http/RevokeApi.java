package io.holdfast.http;

import io.holdfast.access.AccessPolicy;
import io.holdfast.access.Revocation;
import io.holdfast.delivery.DeliveryClock;
import io.holdfast.delivery.Names;
import io.holdfast.protocol.JsonInput;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;

/** Lets clients and tokens in no more, and lists whom. Waits for the disk on the caller's thread. */
@ApplicationScoped
class RevokeApi {
    private static final Logger LOG = Logger.getLogger(RevokeApi.class.getName());
    private static final long DAY_SECONDS = 24L * 3600;
    private static final long MAX_TTL_SECONDS = 3650 * DAY_SECONDS;
    private static final int MAX_LISTED = 1_000;

    private final AccessPolicy access;
    private final DeliveryClock clock;

    /** As the body says it; what is absent is null. */
    private static final class Wanted {
        private @Nullable String client;
        private @Nullable String tokenId;
        private @Nullable BigDecimal issuedBefore;
        private BigDecimal ttl = BigDecimal.valueOf(DAY_SECONDS);
    }

    /** For the client proxy only. */
    @SuppressWarnings("NullAway")
    protected RevokeApi() {
        this(null, null);
    }

    @Inject
    RevokeApi(AccessPolicy access, DeliveryClock clock) {
        this.access = access;
        this.clock = clock;
    }

    /**
     * {@code {"client":…}} or {@code {"token_id":…}}, with {@code ttl} in seconds (a day; 0 takes a revocation back) and, for
     * a client, {@code issued_before} in seconds since 1970. The answer is {@code {"closed":…,"expires_at":…}}.
     */
    CompletionStage<Answer> revoke(byte[] body) throws IOException {
        return CompletableFuture.completedFuture(revoked(body));
    }

    private Answer revoked(byte[] body) throws IOException {
        Wanted wanted = new Wanted();
        Answer refused = read(body, wanted);
        if (refused == null) {
            refused = check(wanted);
        }
        if (refused != null) {
            return refused;
        }
        long now = clock.millis();
        Revocation revocation = revocation(wanted, now);
        try {
            int closed = access.revoke(revocation, now);
            return Answer.ok(new JsonText()
                    .raw("{\"closed\":")
                    .number(closed)
                    .raw(",\"expires_at\":")
                    .number(revocation.expiresAtMillis())
                    .raw("}"));
        } catch (IOException e) {
            LOG.log(Level.SEVERE, "A revocation could not be stored; it counts until the next start only", e);
            return Answer.error(
                    503, "unavailable", "It counts, but could not be stored: repeat it, or a restart forgets it");
        } catch (IllegalStateException e) {
            return Answer.error(409, "limit_exceeded", "There are too many revocations; revoke for a shorter time");
        }
    }

    /** {@code {"revocations":[…],"total":…}}: those that count, at most 1000 of them, in order of their names. */
    Answer list() {
        List<Revocation> all = access.revocations().list(clock.millis());
        JsonText json = new JsonText().raw("{\"revocations\":[");
        List<Revocation> shown = all.subList(0, Math.min(MAX_LISTED, all.size()));
        for (int i = 0; i < shown.size(); i++) {
            write(shown.get(i), json.next(i));
        }
        return Answer.ok(json.raw("],\"total\":").number(all.size()).raw("}"));
    }

    private static void write(Revocation revocation, JsonText json) {
        String client = revocation.client();
        if (client != null) {
            json.raw("{\"client\":").text(client);
            if (revocation.issuedBeforeMillis() != Revocation.ALL) {
                json.raw(",\"issued_before\":").number(revocation.issuedBeforeMillis() / 1000);
            }
        } else {
            json.raw("{\"token_id\":").text(String.valueOf(revocation.tokenId()));
        }
        json.raw(",\"expires_at\":").number(revocation.expiresAtMillis()).raw("}");
    }

    /** @return what is wrong; null for nothing */
    private static @Nullable Answer read(byte[] body, Wanted wanted) throws IOException {
        try (JsonInput in = new JsonInput(JsonInput.utf8(body))) {
            if (!in.nextValue() || !in.isObject()) {
                return Answer.malformed();
            }
            in.enterObject();
            Answer refused = null;
            for (String field = in.nextField(); field != null; field = in.nextField()) {
                Answer wrong = read(field, in, wanted);
                refused = refused == null ? wrong : refused;
            }
            return in.nextValue() ? Answer.malformed() : refused;
        }
    }

    private static @Nullable Answer read(String field, JsonInput in, Wanted wanted) throws IOException {
        try {
            switch (field) {
                case "client" -> wanted.client = in.stringOrNull();
                case "token_id" -> wanted.tokenId = in.stringOrNull();
                case "issued_before" -> wanted.issuedBefore = in.isNull() ? null : in.decimal();
                case "ttl" -> wanted.ttl = in.isNull() ? wanted.ttl : in.decimal();
                default -> {
                    in.skip();
                    return Answer.error(
                            400,
                            "unknown_field",
                            "This field is not known; known are client, token_id, issued_before, ttl",
                            field);
                }
            }
            return null;
        } catch (JsonInput.WrongType e) {
            in.skip();
            return invalid(field, "is " + e.getMessage());
        }
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
        if (!within(wanted.ttl, MAX_TTL_SECONDS)) {
            return invalid("ttl", "must be from 0 (takes it back) to " + MAX_TTL_SECONDS + " seconds");
        }
        BigDecimal before = wanted.issuedBefore;
        if (before != null && client == null) {
            return invalid("issued_before", "goes with client only");
        }
        return before == null || within(before, Long.MAX_VALUE / 1_000_000)
                ? null
                : invalid("issued_before", "must be seconds since 1970");
    }

    private static boolean within(BigDecimal seconds, long most) {
        return seconds.signum() >= 0 && seconds.compareTo(BigDecimal.valueOf(most)) <= 0;
    }

    private static Revocation revocation(Wanted wanted, long now) {
        long expiresAt = now + millis(wanted.ttl);
        BigDecimal before = wanted.issuedBefore;
        return wanted.client == null
                ? Revocation.ofToken(String.valueOf(wanted.tokenId), expiresAt)
                : Revocation.ofClient(wanted.client, before == null ? Revocation.ALL : millis(before), expiresAt);
    }

    private static long millis(BigDecimal seconds) {
        return seconds.movePointRight(3).longValue();
    }

    private static Answer invalid(String field, String what) {
        return Answer.error(400, "invalid_field", field + " " + what, field);
    }
}
