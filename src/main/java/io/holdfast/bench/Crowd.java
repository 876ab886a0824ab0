package io.holdfast.bench;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** All the clients of a scenario. */
final class Crowd {
    private final Loop loop;
    private final Target target;
    private final List<String> names;
    private final @Nullable String channel;
    private final Payload payload;
    private final Arrivals arrivals;
    private final Traffic traffic;
    private final List<Client> clients = new ArrayList<>();

    Crowd(
            Loop loop,
            Target target,
            List<String> names,
            @Nullable String channel,
            Payload payload,
            Arrivals arrivals,
            Traffic traffic) {
        this.loop = loop;
        this.target = target;
        this.names = names;
        this.channel = channel;
        this.payload = payload;
        this.arrivals = arrivals;
        this.traffic = traffic;
    }

    /** Connects everybody anew, this many at a time, and returns when all are ready. */
    void connect(int atATime, Duration limit) {
        clients.clear();
        boolean ready = loop.runUntil(
                () -> {
                    int settled = settled();
                    while (clients.size() < names.size() && clients.size() - settled < atATime) {
                        add();
                    }
                    return settled == names.size();
                },
                limit);
        if (!ready || closed() > 0) {
            throw new IllegalStateException("of " + names.size() + " clients, " + ready() + " got ready within "
                    + limit.toSeconds() + " s; the others: " + failures());
        }
    }

    /** Begins to connect everybody at once and returns. */
    void connectAllAtOnce() {
        clients.clear();
        while (clients.size() < names.size()) {
            add();
        }
    }

    private void add() {
        int index = clients.size();
        Client client =
                new Client(loop, target, index, target.greeting(names.get(index), channel), payload, arrivals, traffic);
        clients.add(client);
        loop.connect(client);
    }

    Client client(int index) {
        return clients.get(index);
    }

    int size() {
        return names.size();
    }

    int ready() {
        return (int) clients.stream().filter(Client::isReady).count();
    }

    /** Connections that have ended. */
    int closed() {
        return (int) clients.stream().filter(Client::hasEnded).count();
    }

    /** How often each reason ended a connection. */
    Map<String, Integer> failures() {
        Map<String, Integer> failures = new TreeMap<>();
        for (Client client : clients) {
            if (client.hasEnded()) {
                failures.merge(client.failure(), 1, Integer::sum);
            }
        }
        return failures;
    }

    /** Everybody closes in order; those that the server does not answer within the limit are cut. */
    void leave(Duration limit) {
        clients.forEach(client -> {
            if (client.isOpen()) {
                client.sendClose();
            }
        });
        loop.runUntil(() -> closed() == clients.size(), limit);
        cut();
    }

    void cut() {
        clients.forEach(Link::close);
    }

    private int settled() {
        int settled = 0;
        for (Client client : clients) {
            if (client.isReady() || client.hasEnded()) {
                settled++;
            }
        }
        return settled;
    }
}
