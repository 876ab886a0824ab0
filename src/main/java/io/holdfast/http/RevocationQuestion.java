package io.holdfast.http;

import io.holdfast.access.AccessPolicy;
import io.holdfast.access.Revocation;
import io.holdfast.cluster.Question;
import io.holdfast.delivery.WallClock;
import io.holdfast.json.JsonInput;
import io.holdfast.json.JsonOutput;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * Tells another node what this one has revoked: {@code {"client":"u42","expires_at":…,"node":3,"change":7}}. The answer is {@code
 * {"closed":2}}.
 *
 * @param node this node's number
 * @param change which of this node's changes it is
 */
record RevocationQuestion(Revocation revocation, long node, long change) implements Question<Integer> {
    static final String ABOUT = "revocation";

    @Override
    public String about() {
        return ABOUT;
    }

    @Override
    public void write(JsonOutput json) {
        String client = revocation.client();
        if (client == null) {
            json.field("token_id", String.valueOf(revocation.tokenId()));
        } else {
            json.field("client", client);
        }
        json.field("issued_before", revocation.issuedBeforeMillis())
                .field("expires_at", revocation.expiresAtMillis())
                .field("node", node)
                .field("change", change);
    }

    @Override
    public Integer readAnswer(JsonInput in) throws IOException {
        int closed = -1;
        for (String field = in.nextField(); field != null; field = in.nextField()) {
            if (field.equals("closed")) {
                closed = in.naturalInteger();
            } else {
                in.skip();
            }
        }
        if (closed < 0) {
            throw new JsonInput.WrongType("not an answer to a revocation");
        }
        return closed;
    }

    static byte[] answer(byte[] question, AccessPolicy access, WallClock wall) throws IOException {
        RevocationQuestion told = Question.object(question, RevocationQuestion::read);
        int closed = access.learn(told.revocation(), told.node(), told.change(), wall.now());
        return new JsonOutput().raw("{\"closed\":").number(closed).raw("}").toBytes();
    }

    private static RevocationQuestion read(JsonInput in) throws IOException {
        @Nullable String client = null;
        @Nullable String tokenId = null;
        long issuedBefore = 0;
        long expiresAt = 0;
        long node = 0;
        long change = 0;
        for (String field = in.nextField(); field != null; field = in.nextField()) {
            switch (field) {
                case "client" -> client = in.string();
                case "token_id" -> tokenId = in.string();
                case "issued_before" -> issuedBefore = in.naturalLong();
                case "expires_at" -> expiresAt = in.naturalLong();
                case "node" -> node = in.naturalLong();
                case "change" -> change = in.naturalLong();
                default -> in.skip();
            }
        }
        if ((client == null) == (tokenId == null)) {
            throw new JsonInput.WrongType("not a revocation");
        }
        return new RevocationQuestion(new Revocation(client, tokenId, issuedBefore, expiresAt), node, change);
    }
}
