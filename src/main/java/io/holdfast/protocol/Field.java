package io.holdfast.protocol;

/** The numbers of the fields of {@code client.proto}, by message. A test compares them with the schema. */
final class Field {
    private Field() {}

    interface EmulationRequest {
        int NODE = 1, SESSION = 2, DATA = 3;
    }

    interface Command {
        int ID = 1,
                CONNECT = 4,
                SUBSCRIBE = 5,
                UNSUBSCRIBE = 6,
                PUBLISH = 7,
                PRESENCE = 8,
                PRESENCE_STATS = 9,
                HISTORY = 10,
                PING = 11,
                SEND = 12,
                RPC = 13,
                REFRESH = 14,
                SUB_REFRESH = 15;
    }

    interface Reply {
        int ID = 1,
                ERROR = 2,
                PUSH = 4,
                CONNECT = 5,
                SUBSCRIBE = 6,
                UNSUBSCRIBE = 7,
                PUBLISH = 8,
                PRESENCE = 9,
                PRESENCE_STATS = 10,
                HISTORY = 11,
                PING = 12,
                RPC = 13,
                REFRESH = 14,
                SUB_REFRESH = 15;
    }

    interface Error {
        int CODE = 1, MESSAGE = 2, TEMPORARY = 3;
    }

    interface Push {
        int CHANNEL = 2, PUB = 4, JOIN = 5, LEAVE = 6, UNSUBSCRIBE = 7, SUBSCRIBE = 9, DISCONNECT = 11, REFRESH = 12;
    }

    interface ConnectRequest {
        int TOKEN = 1, DATA = 2, SUBS = 3, NAME = 4, VERSION = 5;
    }

    interface SubscribeRequest {
        int CHANNEL = 1,
                TOKEN = 2,
                RECOVER = 3,
                EPOCH = 6,
                OFFSET = 7,
                DATA = 8,
                POSITIONED = 9,
                RECOVERABLE = 10,
                JOIN_LEAVE = 11,
                DELTA = 12,
                TF = 13,
                FLAG = 14,
                TYPE = 15,
                PHASE = 16;
    }

    interface UnsubscribeRequest {
        int CHANNEL = 1;
    }

    interface PublishRequest {
        int CHANNEL = 1, DATA = 2, TYPE = 3, KEY = 4, REMOVED = 5;
    }

    interface PresenceRequest {
        int CHANNEL = 1;
    }

    interface PresenceStatsRequest {
        int CHANNEL = 1;
    }

    interface HistoryRequest {
        int CHANNEL = 1, LIMIT = 7, SINCE = 8, REVERSE = 9;
    }

    interface StreamPosition {
        int OFFSET = 1, EPOCH = 2;
    }

    interface SendRequest {
        int DATA = 1;
    }

    interface RpcRequest {
        int DATA = 1, METHOD = 2;
    }

    interface RefreshRequest {
        int TOKEN = 1;
    }

    interface SubRefreshRequest {
        int CHANNEL = 1, TOKEN = 2, TYPE = 3;
    }

    interface FilterNode {
        int OP = 1, KEY = 2, CMP = 3, VAL = 4, VALS = 5, NODES = 6;
    }

    interface ConnectResult {
        int CLIENT = 1,
                VERSION = 2,
                EXPIRES = 3,
                TTL = 4,
                DATA = 5,
                SUBS = 6,
                PING = 7,
                PONG = 8,
                SESSION = 9,
                NODE = 10;
    }

    interface SubscribeResult {
        int EXPIRES = 1,
                TTL = 2,
                RECOVERABLE = 3,
                EPOCH = 6,
                RECOVERED = 8,
                OFFSET = 9,
                POSITIONED = 10,
                DATA = 11,
                WAS_RECOVERING = 12,
                DELTA = 13;
    }

    interface PresenceResult {
        int PRESENCE = 1;
    }

    interface PresenceStatsResult {
        int NUM_CLIENTS = 1, NUM_USERS = 2;
    }

    interface HistoryResult {
        int PUBLICATIONS = 1, EPOCH = 2, OFFSET = 3;
    }

    interface RpcResult {
        int DATA = 1;
    }

    interface RefreshResult {
        int CLIENT = 1, VERSION = 2, EXPIRES = 3, TTL = 4;
    }

    interface SubRefreshResult {
        int EXPIRES = 1, TTL = 2;
    }

    interface Publication {
        int DATA = 4, INFO = 5, OFFSET = 6, TAGS = 7, DELTA = 8;
    }

    interface ClientInfo {
        int USER = 1, CLIENT = 2, CONN_INFO = 3, CHAN_INFO = 4;
    }

    interface Join {
        int INFO = 1;
    }

    interface Leave {
        int INFO = 1;
    }

    interface Unsubscribe {
        int CODE = 2, REASON = 3;
    }

    interface Subscribe {
        int RECOVERABLE = 1, EPOCH = 4, OFFSET = 5, POSITIONED = 6, DATA = 7;
    }

    interface Disconnect {
        int CODE = 1, REASON = 2, RECONNECT = 3;
    }

    interface Refresh {
        int EXPIRES = 1, TTL = 2;
    }

    /** An entry of any map. */
    interface Entry {
        int KEY = 1, VALUE = 2;
    }
}
