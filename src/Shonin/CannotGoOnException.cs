namespace Shonin;

/// <summary>A verb that runs several processes cannot go on; the message says why, and what to do.</summary>
internal sealed class CannotGoOnException(string why) : Exception(why);
