package io.holdfast.cluster;

import io.holdfast.delivery.BreakerState;
import io.holdfast.delivery.BreakerStatus;
import io.holdfast.delivery.Listing;
import io.holdfast.delivery.Member;
import io.holdfast.json.JsonInput;
import io.holdfast.json.JsonOutput;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** How the entries of each kind of list look in an answer. */
interface ListingRows<T> {

    ListingRows<Member> MEMBERS = new ListingRows<>() {
        @Override
        public void write(Member member, JsonOutput json) {
            json.open().field("client", member.client());
            Question.json("info", member.connectionInfo(), json);
            Question.json("channel_info", member.channelInfo(), json);
            json.close();
        }

        @Override
        public Member read(String name, JsonInput in) throws IOException {
            String client = "";
            byte[] info = null;
            byte[] channelInfo = null;
            in.enterObject();
            for (String field = in.nextField(); field != null; field = in.nextField()) {
                switch (field) {
                    case "client" -> client = in.string();
                    case "info" -> info = in.raw();
                    case "channel_info" -> channelInfo = in.raw();
                    default -> in.skip();
                }
            }
            return new Member(client, name, info, channelInfo);
        }

        @Override
        public int bytes(Member member) {
            return length(member.connectionInfo()) + length(member.channelInfo());
        }

        private static int length(byte @Nullable [] info) {
            return info == null ? 0 : info.length;
        }
    };

    ListingRows<Integer> COUNTS = new ListingRows<>() {
        @Override
        public void write(Integer count, JsonOutput json) {
            json.number(count);
        }

        @Override
        public Integer read(String name, JsonInput in) throws IOException {
            return in.naturalInteger();
        }
    };

    ListingRows<Boolean> FLAGS = new ListingRows<>() {
        @Override
        public void write(Boolean flag, JsonOutput json) {
            json.bool(flag);
        }

        @Override
        public Boolean read(String name, JsonInput in) throws IOException {
            return in.bool();
        }
    };

    ListingRows<List<BreakerStatus>> BREAKERS = new ListingRows<>() {
        @Override
        public void write(List<BreakerStatus> breakers, JsonOutput json) {
            json.raw("[");
            for (int i = 0; i < breakers.size(); i++) {
                BreakerStatus breaker = breakers.get(i);
                json.next(i)
                        .open()
                        .field("device", breaker.device())
                        .field("state", breaker.state().name())
                        .field("failures", breaker.failures())
                        .field("successes", breaker.successes())
                        .field("openings", breaker.openings())
                        .field("open_ms", breaker.openMillis())
                        .close();
            }
            json.raw("]");
        }

        @Override
        public List<BreakerStatus> read(String client, JsonInput in) throws IOException {
            if (!in.isArray()) {
                throw new JsonInput.WrongType("not an array");
            }
            List<BreakerStatus> breakers = new ArrayList<>();
            while (in.nextElement()) {
                breakers.add(breaker(client, in));
            }
            return breakers;
        }

        private BreakerStatus breaker(String client, JsonInput in) throws IOException {
            String device = "";
            BreakerState state = BreakerState.CLOSED;
            int failures = 0;
            int successes = 0;
            int openings = 0;
            long openMillis = 0;
            in.enterObject();
            for (String field = in.nextField(); field != null; field = in.nextField()) {
                switch (field) {
                    case "device" -> device = in.string();
                    case "state" -> state = Question.constant(BreakerState.class, in.string());
                    case "failures" -> failures = in.naturalInteger();
                    case "successes" -> successes = in.naturalInteger();
                    case "openings" -> openings = in.naturalInteger();
                    case "open_ms" -> openMillis = in.naturalLong();
                    default -> in.skip();
                }
            }
            return new BreakerStatus(client, device, state, failures, successes, openings, openMillis);
        }
    };

    /** Writes one JSON value. */
    void write(T value, JsonOutput json);

    /** About how long a value is, without its name. */
    default int bytes(T value) {
        return 0;
    }

    /** Reads the present value. */
    T read(String name, JsonInput in) throws IOException;

    @SuppressWarnings("unchecked") // each kind of list with its own rows
    static <T> ListingRows<T> of(Listing<T> listing) {
        if (listing instanceof Listing.Members) {
            return (ListingRows<T>) MEMBERS;
        } else if (listing instanceof Listing.Breakers) {
            return (ListingRows<T>) BREAKERS;
        } else if (listing instanceof Listing.ConnectionsOf) {
            return (ListingRows<T>) ConnectionRows.ALL;
        } else if (listing instanceof Listing.Clients) {
            return (ListingRows<T>) FLAGS;
        } else if (listing instanceof Listing.Subscribers
                || listing instanceof Listing.Channels
                || listing instanceof Listing.ConnectedClients) {
            return (ListingRows<T>) COUNTS;
        }
        throw new IllegalArgumentException("a list without rows: " + listing);
    }

    /** Writes which list it is. */
    static void write(Listing<?> listing, JsonOutput json) {
        if (listing instanceof Listing.Members members) {
            json.field("of", "members").field("name", members.channel());
        } else if (listing instanceof Listing.Subscribers subscribers) {
            json.field("of", "subscribers").field("name", subscribers.channel());
        } else if (listing instanceof Listing.Channels channels) {
            json.field("of", "channels").field("name", channels.pattern());
        } else if (listing instanceof Listing.Clients clients) {
            json.field("of", "clients").field("name", clients.search());
        } else if (listing instanceof Listing.ConnectionsOf connections) {
            json.field("of", "connections").field("name", connections.client());
        } else if (listing instanceof Listing.ConnectedClients) {
            json.field("of", "connected");
        } else if (listing instanceof Listing.Breakers breakers) {
            @Nullable String client = breakers.client();
            json.field("of", "breakers").field("name", client == null ? "" : client);
        } else {
            throw new IllegalArgumentException("a list without a word: " + listing);
        }
    }

    /** @throws IOException if there is no such list */
    static Listing<?> listing(String word, String name) throws IOException {
        return switch (word) {
            case "members" -> new Listing.Members(name);
            case "subscribers" -> new Listing.Subscribers(name);
            case "channels" -> new Listing.Channels(name);
            case "clients" -> new Listing.Clients(name);
            case "connections" -> new Listing.ConnectionsOf(name);
            case "connected" -> new Listing.ConnectedClients();
            case "breakers" -> new Listing.Breakers(name.isEmpty() ? null : name);
            default -> throw new JsonInput.WrongType("not a list that this version knows");
        };
    }
}
