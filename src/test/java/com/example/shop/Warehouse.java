package com.example.shop;

import io.holdfast.handlers.OnRpc;
import jakarta.enterprise.context.ApplicationScoped;
import java.io.IOException;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;

/** The system of a supplier, with the troubles that the name of an article begins with. */
@ApplicationScoped
public class Warehouse {
    private static final int STOCK = 7;

    private final Map<String, AtomicInteger> asked = new ConcurrentHashMap<>();
    private final Map<String, CountDownLatch> gates = new ConcurrentHashMap<>();

    int stock(String article) throws IOException, InterruptedException {
        int times = count(article).incrementAndGet();
        if (article.startsWith("broken") || (article.startsWith("flaky") && times % 3 != 0)) {
            throw new IOException("the secret of the warehouse");
        }
        if (article.startsWith("slow")) {
            gate(article).await();
        }
        return STOCK;
    }

    private AtomicInteger count(String article) {
        return asked.computeIfAbsent(article, name -> new AtomicInteger());
    }

    private CountDownLatch gate(String article) {
        return gates.computeIfAbsent(article, name -> new CountDownLatch(1));
    }

    /** How often it was asked for an article. */
    @OnRpc("asked")
    public int asked(Supplier.Article article) {
        return count(article.name()).get();
    }

    /** Lets those go on that wait for a slow article. */
    @OnRpc("open")
    public void open(Supplier.Article article) {
        gate(article.name()).countDown();
    }
}
