package io.holdfast.http;

import io.holdfast.delivery.AllNodes;
import io.holdfast.delivery.DeliveryException;
import io.holdfast.delivery.Gathered;
import io.holdfast.delivery.MessageStatus;
import io.holdfast.json.JsonOutput;
import io.holdfast.stream.EngineException;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** The query for publishers: the state of a message. Reads a little from the store on the caller's thread. */
@ApplicationScoped
class QueryApi {
    private static final Set<String> MESSAGE_PARAMETERS = Set.of("client", "id");

    private final Source source;

    /** The source of the answers. */
    interface Source {
        CompletionStage<Gathered<Optional<MessageStatus>>> message(String client, String id);
    }

    /** For the client proxy only. */
    @SuppressWarnings("NullAway")
    protected QueryApi() {
        source = null;
    }

    @Inject
    QueryApi(AllNodes nodes) {
        this((Source) nodes::message);
    }

    QueryApi(Source source) {
        this.source = source;
    }

    /** {@code {"client":…,"id":…,"state":…,"offset":…,"epoch":…,"published_at":…}}, the time in milliseconds; or 404. */
    CompletionStage<Answer> message(Map<String, String[]> parameters) {
        for (String name : parameters.keySet()) {
            if (!MESSAGE_PARAMETERS.contains(name)) {
                return answered(Answer.error(
                        400, "unknown_field", "This parameter is not known; known are client and id", name));
            }
        }
        String client = first(parameters.get("client"));
        String id = first(parameters.get("id"));
        if (client == null || id == null) {
            String missing = client == null ? "client" : "id";
            return answered(Answer.error(400, "missing_field", missing + " is required", missing));
        }
        try {
            return source.message(client, id).thenApply(QueryApi::answer);
        } catch (DeliveryException | EngineException e) {
            return answered(Failures.answer(e));
        }
    }

    private static CompletionStage<Answer> answered(Answer answer) {
        return CompletableFuture.completedFuture(answer);
    }

    private static Answer answer(Gathered<Optional<MessageStatus>> found) {
        return found.value()
                .map(status -> answer(status, found))
                .orElseGet(() -> Answer.error(
                        404, "not_found", "No message of this client has this id, or it was settled long ago"));
    }

    private static Answer answer(MessageStatus status, Gathered<?> found) {
        JsonOutput json = new JsonOutput()
                .raw("{\"client\":")
                .string(status.client())
                .raw(",\"id\":")
                .string(status.id())
                .raw(",\"state\":")
                .string(status.state().name().toLowerCase(Locale.ROOT))
                .raw(",\"offset\":")
                .number(status.position().offset())
                .raw(",\"epoch\":")
                .string(status.position().epoch())
                .raw(",\"published_at\":")
                .number(status.publishedAtMillis());
        return Answer.ok(RecordJson.missing(found, json).raw("}"));
    }

    private static @Nullable String first(String @Nullable [] values) {
        return values == null || values.length == 0 || values[0].isEmpty() ? null : values[0];
    }
}
