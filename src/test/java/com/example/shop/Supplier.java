package com.example.shop;

import io.holdfast.handlers.HandlerException;
import io.holdfast.handlers.OnRpc;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import jakarta.validation.ConstraintViolationException;
import jakarta.validation.Valid;
import jakarta.validation.constraints.NotBlank;
import jakarta.validation.constraints.NotNull;
import java.io.IOException;
import org.eclipse.microprofile.faulttolerance.Bulkhead;
import org.eclipse.microprofile.faulttolerance.CircuitBreaker;
import org.eclipse.microprofile.faulttolerance.Retry;
import org.eclipse.microprofile.faulttolerance.Timeout;
import org.eclipse.microprofile.metrics.annotation.Counted;
import org.eclipse.microprofile.metrics.annotation.Timed;

@ApplicationScoped
@CircuitBreaker(
        requestVolumeThreshold = 4,
        failureRatio = 1,
        delay = 2_000,
        skipOn = {HandlerException.class, ConstraintViolationException.class})
@Timeout(500)
public class Supplier {
    public record Article(@NotBlank String name) {}

    @Inject
    Warehouse warehouse;

    /** Asking again does no harm. */
    @OnRpc("stock")
    @Retry(maxRetries = 2, delay = 10, jitter = 5, retryOn = IOException.class)
    @Counted(name = "shop_stock_calls", absolute = true)
    @Timed(name = "shop_stock_time", absolute = true)
    public int stock(@NotNull @Valid Article article) throws IOException, InterruptedException {
        if (article.name().equals("unknown")) {
            throw new HandlerException(404, "no such article");
        }
        return warehouse.stock(article.name());
    }

    /** Two at a time. What comes beside them is refused at once. */
    @OnRpc("reserve")
    @Bulkhead(2)
    @Timeout(5_000)
    public int reserve(@NotNull @Valid Article article) throws IOException, InterruptedException {
        return warehouse.stock(article.name());
    }
}
