package com.example.shop;

import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.Table;

@Entity
@Table(name = "placed_orders")
public class PlacedOrder {
    @Id
    private String id;

    private String client;
    private int pieces;

    protected PlacedOrder() {}

    public PlacedOrder(String id, String client, int pieces) {
        this.id = id;
        this.client = client;
        this.pieces = pieces;
    }

    public String client() {
        return client;
    }

    public int pieces() {
        return pieces;
    }
}
