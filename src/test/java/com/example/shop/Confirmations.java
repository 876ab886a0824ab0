package com.example.shop;

import io.holdfast.handlers.Caller;
import io.holdfast.handlers.HandlerException;
import io.holdfast.handlers.OnRpc;
import io.holdfast.transactions.TransactionalSender;
import jakarta.annotation.security.RolesAllowed;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import jakarta.persistence.EntityManager;
import jakarta.persistence.PersistenceContext;
import jakarta.transaction.Transactional;
import jakarta.validation.Valid;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Pattern;
import jakarta.validation.constraints.Positive;
import java.util.List;

@ApplicationScoped
public class Confirmations {
    public record Item(@NotNull String article, @Positive int pieces) {}

    public record Wanted(
            @NotNull @Pattern(regexp = "[a-z0-9-]{1,64}") String order,
            @Valid List<Item> items) {}

    public record Confirmed(String order, int pieces) {}

    private static final int IN_STOCK = 100;

    @PersistenceContext
    EntityManager orders;

    @Inject
    TransactionalSender sender;

    /** The order and the message about it: both or neither. */
    @OnRpc("confirm-order")
    @RolesAllowed("buyer")
    @Transactional
    public Confirmed confirm(Caller caller, @NotNull @Valid Wanted wanted) {
        int pieces = wanted.items().stream().mapToInt(Item::pieces).sum();
        orders.persist(new PlacedOrder(wanted.order(), caller.client(), pieces));
        sender.send(caller.client(), "{\"confirmed\":\"" + wanted.order() + "\"}");
        if (pieces > IN_STOCK) {
            throw new HandlerException(460, "out of stock");
        }
        return new Confirmed(wanted.order(), pieces);
    }

    @OnRpc("order")
    @RolesAllowed("buyer")
    public Confirmed order(Caller caller, Wanted wanted) {
        PlacedOrder found = orders.find(PlacedOrder.class, wanted.order());
        if (found == null || !found.client().equals(caller.client())) {
            throw new HandlerException(404, "no such order");
        }
        return new Confirmed(wanted.order(), found.pieces());
    }
}
