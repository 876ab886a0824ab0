package io.holdfast.http;

import static io.holdfast.access.Role.ADMIN;
import static io.holdfast.access.Role.PUBLISHER;
import static io.holdfast.access.Role.READER;

import io.holdfast.access.Role;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** All calls of the server API. */
@ApplicationScoped
class Routes {
    private static final int SINGLE_BYTES = 64 << 10;
    private static final int MANY_BYTES = 4 << 20;
    private static final Set<Role> ANYBODY = Set.of(PUBLISHER, READER, ADMIN);

    private final List<Route> all = new ArrayList<>();
    private final Map<String, Route> plain = new HashMap<>();

    /**
     * A call that was found.
     *
     * @param segment the variable part of its path
     */
    record Found(Route route, String segment) {}

    /** For the client proxy only. */
    protected Routes() {}

    @Inject
    Routes(
            PublishApi publish,
            BatchApi batch,
            CommandApi commands,
            QueryApi query,
            ControlApi control,
            NodesApi nodes,
            RevokeApi revoke,
            CleanupApi cleanup,
            CleanupNode cleaner,
            BackupApi backup,
            SelfApi self) {
        post("/publish", PUBLISHER, SINGLE_BYTES, (body, caller) -> publish.publish(body));
        post("/broadcast", PUBLISHER, MANY_BYTES, (body, caller) -> publish.broadcast(body));
        post("/send", PUBLISHER, SINGLE_BYTES, (body, caller) -> publish.send(body));
        // Of each command, these look themselves whether the caller may.
        add(Route.of("POST", "/batch", ANYBODY, new Route.Posted(MANY_BYTES, batch::batch)));
        add(Route.of("POST", "", ANYBODY, new Route.Posted(MANY_BYTES, batch::lines)));
        for (Kind kind : Kind.values()) {
            if (!kind.publishes()) {
                post("/" + kind.word(), kind.role(), SINGLE_BYTES, (body, caller) -> commands.answer(kind, body));
            }
        }
        Route.Query message = (segment, parameters) -> query.message(parameters.values());
        add(Route.of("GET", "/message", Set.of(PUBLISHER, READER), new Route.Asked(message)));
        Route.OwnQuery who = (segment, parameters, caller) -> self.self(caller);
        add(Route.of("GET", "/self", ANYBODY, new Route.Asked(who)));
        get("/metrics", (segment, parameters) -> control.metrics());
        ask("/clients", (segment, parameters) -> control.clients(parameters));
        // In a path, Liberty takes no %2F, and ends a segment at a semicolon: a parameter can hold every name.
        ask("/client", (segment, parameters) -> control.client(parameters.required("client")));
        ask("/clients/{client}", (segment, parameters) -> control.client(segment));
        ask("/connections", (segment, parameters) -> control.connections(parameters.required("client")));
        ask("/breakers", (segment, parameters) -> control.breakers(parameters));
        ask("/breakers/{client}", (segment, parameters) -> control.breakersOf(segment));
        get("/dead-letters", (segment, parameters) -> control.letters(parameters));
        get("/dead-letters/{number}", (segment, parameters) -> control.letter(Long.parseLong(segment)));
        command("/breakers/reset", (segment, parameters) -> control.reset(parameters.required("client")));
        command("/breakers/{client}/reset", (segment, parameters) -> control.reset(segment));
        command("/dead-letters/{number}/resend", (segment, parameters) -> control.resend(Long.parseLong(segment)));
        command("/dead-letters/{number}/discard", (segment, parameters) -> control.discard(Long.parseLong(segment)));
        post("/revoke", ADMIN, SINGLE_BYTES, (body, caller) -> revoke.revoke(body));
        get("/revocations", (segment, parameters) -> revoke.list());
        post("/cleanup/run", ADMIN, SINGLE_BYTES, cleaner.posted("/cleanup/run", cleanup::run));
        post("/cleanup/restore", ADMIN, SINGLE_BYTES, cleaner.posted("/cleanup/restore", cleanup::restore));
        post("/cleanup/hold", ADMIN, SINGLE_BYTES, cleaner.posted("/cleanup/hold", cleanup::hold));
        post("/cleanup/release", ADMIN, SINGLE_BYTES, cleaner.posted("/cleanup/release", cleanup::release));
        ask("/cleanup/state", cleaner.asked("/cleanup/state", at((segment, parameters) -> cleanup.state())));
        ask("/cleanup/cycles", cleaner.asked("/cleanup/cycles", at((segment, parameters) -> cleanup.cycles())));
        ask(
                "/cleanup/cycles/{number}",
                cleaner.asked(
                        "/cleanup/cycles/{number}",
                        at((segment, parameters) -> cleanup.cycle(Long.parseLong(segment)))));
        ask("/cleanup/audit", cleaner.asked("/cleanup/audit", at((segment, parameters) -> cleanup.audit(parameters))));
        get("/store", (segment, parameters) -> backup.store());
        command("/backup", (segment, parameters) -> backup.backup(parameters));
        ask("/nodes", (segment, parameters) -> nodes.list());
        command("/drain", (segment, parameters) -> nodes.drain(parameters));
    }

    List<Route> all() {
        return List.copyOf(all);
    }

    /** @return null if there is no such call, or not with this method */
    @Nullable
    Found find(String called, String path) {
        String method = called.equals("HEAD") ? "GET" : called; // the container leaves the body out
        Route exact = plain.get(method + path);
        if (exact != null) {
            return new Found(exact, "");
        }
        for (Route route : all) {
            String segment = route.variable() && route.method().equals(method) ? route.match(path) : null;
            if (segment != null) {
                return new Found(route, segment);
            }
        }
        return null;
    }

    /** The methods that a path is called with, joined by commas; empty if it is unknown. */
    String methods(String path) {
        Set<String> methods = new TreeSet<>();
        for (Route route : all) {
            if (route.match(path) != null) {
                methods.add(route.method());
                if (route.method().equals("GET")) {
                    methods.add("HEAD");
                }
            }
        }
        return String.join(", ", methods);
    }

    private interface Read {
        Answer answer(String segment, Parameters parameters);
    }

    private static Route.Query at(Read read) {
        return (segment, parameters) -> CompletableFuture.completedFuture(read.answer(segment, parameters));
    }

    private void post(String path, Role role, int maxBytes, Route.BodyCall call) {
        add(Route.of("POST", path, Set.of(role), new Route.Posted(maxBytes, call)));
    }

    private void get(String path, Read read) {
        ask(path, at(read));
    }

    private void ask(String path, Route.Query query) {
        add(Route.of("GET", path, Set.of(READER), new Route.Asked(query)));
    }

    private void command(String path, Route.Query query) {
        add(Route.of("POST", path, Set.of(ADMIN), new Route.Asked(query)));
    }

    private void add(Route route) {
        all.add(route);
        if (!route.variable()) {
            plain.put(route.method() + route.path(), route);
        }
    }
}
