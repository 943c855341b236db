global using CardOutcome = Shonin.Streams.Outcome<
    Shonin.CardCompany.Deciding.CardHistory,
    Shonin.CardCompany.Deciding.CardEvent,
    Shonin.CardCompany.Deciding.CardDecision
>;
global using Cards = Shonin.Streams.StreamHost<
    Shonin.CardCompany.Deciding.CardHistory,
    Shonin.CardCompany.Deciding.CardCommand,
    Shonin.CardCompany.Deciding.CardEvent,
    Shonin.CardCompany.Deciding.CardDecision
>;
global using ExportKeyStreams = Shonin.Streams.StreamHost<
    Shonin.CardCompany.Export.ExportKeyIssued,
    Shonin.CardCompany.Export.ExportKeyIssued,
    Shonin.CardCompany.Export.ExportKeyIssued,
    Shonin.Streams.NoReply
>;
global using NetworkJournal = Shonin.Streams.StreamHost<
    Shonin.Streams.Journal,
    System.Collections.Generic.IReadOnlyList<Shonin.CardCompany.Host.NetworkEvent>,
    Shonin.CardCompany.Host.NetworkEvent,
    Shonin.Streams.NoReply
>;
global using NetworkOutcome = Shonin.Streams.Outcome<Shonin.Streams.Journal, Shonin.CardCompany.Host.NetworkEvent, Shonin.Streams.NoReply>;
