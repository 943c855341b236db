global using CardOutcome = Shonin.Streams.Outcome<Shonin.CardCompany.Deciding.CardHistory, Shonin.CardCompany.Deciding.CardEvent, Shonin.CardCompany.Deciding.Decision>;
global using Cards = Shonin.Streams.StreamHost<Shonin.CardCompany.Deciding.CardHistory, Shonin.CardCompany.Deciding.CardCommand, Shonin.CardCompany.Deciding.CardEvent, Shonin.CardCompany.Deciding.Decision>;
