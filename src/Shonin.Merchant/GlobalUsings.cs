global using OrderOutcome = Shonin.Streams.Outcome<
    Shonin.Domain.Orders.Order,
    Shonin.Domain.Orders.OrderEvent,
    Shonin.Domain.Orders.Decision.Refused?
>;
global using OrderStreams = Shonin.Streams.StreamHost<
    Shonin.Domain.Orders.Order,
    Shonin.Domain.Orders.OrderCommand,
    Shonin.Domain.Orders.OrderEvent,
    Shonin.Domain.Orders.Decision.Refused?
>;
