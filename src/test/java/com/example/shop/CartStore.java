package com.example.shop;

import jakarta.enterprise.context.ApplicationScoped;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;

/** What a shop has instead of a database, with the troubles of one. */
@ApplicationScoped
public class CartStore {
    private final TreeMap<String, Cart> carts = new TreeMap<>();
    private final TreeSet<String> hidden = new TreeSet<>();
    private final Map<String, Integer> busy = new TreeMap<>();
    private final TreeSet<String> guarded = new TreeSet<>();
    private final List<String> calls = new ArrayList<>();

    /** A cart. */
    public record Cart(String id, String client, long usedAtMillis) {}

    /** Asks the store. */
    interface Question<T> {
        T answer() throws BusyException;
    }

    /** Too many requests. */
    public static final class BusyException extends Exception {
        private static final long serialVersionUID = 1L;
    }

    public synchronized void use(String id, String client) {
        carts.put(id, new Cart(id, client, System.currentTimeMillis()));
    }

    /** So often the cart cannot be hidden because the store has too much to do. */
    public synchronized void busy(String id, int times) {
        busy.put(id, times);
    }

    /** The cart cannot be hidden by anybody. */
    public synchronized void guard(String id) {
        guarded.add(id);
    }

    /** Carts that customers see. */
    public synchronized List<String> shown() {
        return carts.keySet().stream().filter(id -> !hidden.contains(id)).toList();
    }

    /** What was done, one line each. */
    public synchronized List<String> calls() {
        return List.copyOf(calls);
    }

    synchronized List<Cart> after(String id, int max) {
        return carts.tailMap(id, false).values().stream().limit(max).toList();
    }

    synchronized Optional<Cart> find(String id) {
        return Optional.ofNullable(carts.get(id));
    }

    synchronized boolean hide(String id, boolean now) throws BusyException {
        calls.add((now ? "hide " : "show ") + id);
        if (guarded.contains(id)) {
            throw new SecurityException("nobody may");
        }
        if (busy.merge(id, -1, Integer::sum) >= 0) {
            throw new BusyException();
        }
        return now ? hidden.add(id) : hidden.remove(id);
    }

    synchronized boolean deleteUnlessUsedAfter(String id, long millis) {
        calls.add("delete " + id);
        Cart cart = carts.get(id);
        if (cart != null && cart.usedAtMillis() > millis) {
            return false;
        }
        carts.remove(id);
        hidden.remove(id);
        return true;
    }
}
