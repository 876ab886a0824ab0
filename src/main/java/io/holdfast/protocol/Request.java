package io.holdfast.protocol;

/** What a client asks for. Byte arrays in requests are compact JSON values in UTF-8 and are never written to. */
public sealed interface Request
        permits ConnectRequest,
                SubscribeRequest,
                UnsubscribeRequest,
                PublishRequest,
                PresenceRequest,
                PresenceStatsRequest,
                HistoryRequest,
                SendRequest,
                RpcRequest,
                RefreshRequest,
                SubRefreshRequest,
                PingRequest {}
