package io.holdfast.http;

import io.holdfast.access.AccessOptions;
import io.holdfast.access.Role;
import io.holdfast.cluster.Asking;
import io.holdfast.commands.CommandSettings;
import io.holdfast.json.JsonOutput;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** Tells callers who they are here. Any thread. */
@ApplicationScoped
class SelfApi {
    private final AccessOptions access;
    private final CommandSettings settings;
    private final Asking others;

    /** For the client proxy only. */
    @SuppressWarnings("NullAway")
    protected SelfApi() {
        this(null, null, null);
    }

    @Inject
    SelfApi(AccessOptions access, CommandSettings settings, Asking others) {
        this.access = access;
        this.settings = settings;
        this.others = others;
    }

    /**
     * {@code {"name":"key 1a2b3c4d","roles":["reader"],"insecure":false,"version":…,"node":"holdfast","number":0}}: the caller, and
     * the node that answers.
     */
    CompletionStage<Answer> self(Caller caller) {
        JsonOutput json =
                new JsonOutput().raw("{\"name\":").string(caller.name()).raw(",\"roles\":");
        RecordJson.write(caller.roles().stream().sorted().map(Role::word).toList(), json);
        json.raw(",\"insecure\":")
                .bool(access.insecure())
                .raw(",\"version\":")
                .string(settings.version())
                .raw(",\"node\":")
                .string(settings.node())
                .raw(",\"number\":")
                .number(others.number())
                .raw("}");
        return CompletableFuture.completedFuture(Answer.ok(json));
    }
}
