package com.example.shop;

import io.holdfast.handlers.Caller;
import io.holdfast.handlers.OnRpc;
import jakarta.annotation.security.DenyAll;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.json.Json;
import jakarta.json.JsonObject;
import jakarta.transaction.TransactionSynchronizationRegistry;
import jakarta.transaction.Transactional;
import jakarta.transaction.UserTransaction;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import javax.naming.InitialContext;
import javax.naming.NamingException;
import org.eclipse.microprofile.faulttolerance.Asynchronous;
import org.eclipse.microprofile.faulttolerance.Bulkhead;
import org.eclipse.microprofile.faulttolerance.Retry;
import org.eclipse.microprofile.faulttolerance.Timeout;
import org.eclipse.microprofile.metrics.annotation.Counted;

/** What else a handler can be and do. */
@ApplicationScoped
public class Trials {
    private final AtomicInteger attempts = new AtomicInteger();
    private final AtomicInteger hanging = new AtomicInteger();
    private final AtomicInteger interrupted = new AtomicInteger();
    private final List<Object> transactions = new CopyOnWriteArrayList<>();

    @OnRpc("who")
    public JsonObject who(Caller caller) {
        return Json.createObjectBuilder()
                .add("client", caller.client())
                .add("device", caller.device() + "")
                .add("address", caller.address())
                .add("roles", Json.createArrayBuilder(caller.roles()))
                .add("shop", caller.header("x-shop") + "")
                .add("hidden", caller.header("x-hidden") + "")
                .add("tier", String.valueOf(caller.claims().get("tier")))
                .build();
    }

    @OnRpc("echo")
    public byte[] echo(byte[] json) {
        return json;
    }

    @OnRpc("fails")
    public void fails() {
        throw new IllegalStateException("the secret of the shop");
    }

    @OnRpc("denied")
    @DenyAll
    public void denied() {}

    @OnRpc("retried")
    @Retry(maxRetries = 4, delay = 1, jitter = 0)
    public int retried() {
        int attempt = attempts.incrementAndGet();
        if (attempt % 3 != 0) {
            throw new IllegalStateException("not yet");
        }
        return attempt;
    }

    /** How many attempts it takes, and in how many transactions. */
    @OnRpc("transactions")
    @Transactional
    @Retry(maxRetries = 4, delay = 1, jitter = 0)
    @SuppressWarnings("BanJNDI")
    public List<Integer> transactions() throws NamingException {
        TransactionSynchronizationRegistry registry =
                InitialContext.doLookup("java:comp/TransactionSynchronizationRegistry");
        transactions.add(registry.getTransactionKey());
        if (transactions.size() % 3 != 0) {
            throw new IllegalStateException("not yet");
        }
        List<Object> last = transactions.subList(transactions.size() - 3, transactions.size());
        return List.of(last.size(), Set.copyOf(last).size());
    }

    @OnRpc("asynchronous")
    @Asynchronous
    @Bulkhead(5)
    public CompletionStage<String> asynchronous() {
        return CompletableFuture.completedFuture("\"later\"");
    }

    @OnRpc("limited")
    @Timeout(50)
    public void limited() throws InterruptedException {
        new CountDownLatch(1).await();
    }

    @OnRpc("counted")
    @Counted(name = "shop_handler_calls", absolute = true)
    public void counted() {}

    @OnRpc("lookup")
    @SuppressWarnings("BanJNDI")
    public boolean lookup() throws NamingException {
        return InitialContext.doLookup("java:comp/UserTransaction") instanceof UserTransaction;
    }

    @OnRpc("hang")
    public void hang() throws InterruptedException {
        hanging.incrementAndGet();
        try {
            new CountDownLatch(1).await();
        } catch (InterruptedException e) {
            interrupted.incrementAndGet();
            throw e;
        } finally {
            hanging.decrementAndGet();
        }
    }

    @OnRpc("hanging")
    public int hanging() {
        return hanging.get();
    }

    @OnRpc("interrupted")
    public int interrupted() {
        return interrupted.get();
    }
}
