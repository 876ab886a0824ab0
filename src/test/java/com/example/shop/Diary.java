package com.example.shop;

import io.holdfast.delivery.DeliveryEvent;
import io.holdfast.delivery.DeliveryEvent.ClientConnected;
import io.holdfast.delivery.DeliveryEvent.MessageAcknowledged;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

@ApplicationScoped
public class Diary {
    private final List<String> lines = new CopyOnWriteArrayList<>();

    void connected(@Observes ClientConnected event) {
        lines.add(event.client() + " is here");
    }

    void acknowledged(@Observes MessageAcknowledged event) {
        lines.add(event.client() + " has got " + event.id());
    }

    void any(@Observes DeliveryEvent event) {
        lines.add("event " + event.getClass().getSimpleName());
    }

    public List<String> lines() {
        return lines;
    }
}
