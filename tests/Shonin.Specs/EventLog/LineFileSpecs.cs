using System.Text;
using Microsoft.Win32.SafeHandles;
using Shonin.EventLog;
using Shonin.EventLog.Secrets;

namespace Shonin.Specs.EventLog;

/// <summary>Whatever a disk does in the middle of a line, only whole lines stand in the file, and those that were promised.</summary>
[RealParts]
public sealed class LineFileSpecs : IDisposable
{
    private const int LineSizeBytesMax = 100;
    private const int NoSpace = 28; // ENOSPC

    private readonly DataFolder folder = new();
    private int roomBytes = int.MaxValue;

    private string Path => System.IO.Path.Combine(folder.Path, "lines");

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData(0)]
    [InlineData(3)]
    [InlineData(7)]
    public void A_line_that_the_disk_takes_only_part_of_leaves_no_trace_beside_the_next(int taken)
    {
        using (var file = LineFile.Open(Path, LineSizeBytesMax, WriteWhatFits))
        {
            file.AppendDurably("first"u8);
            roomBytes = taken;
            Assert.Equal(NoSpace, Assert.Throws<IOException>(() => file.AppendDurably("failing"u8)).HResult);
            Assert.Equal(NoSpace, Assert.Throws<IOException>(() => file.Append("failing again"u8)).HResult);
            Assert.Equal("first\n", File.ReadAllText(Path));
            roomBytes = int.MaxValue;
            file.AppendDurably("third"u8);
        }
        Assert.Equal("first\nthird\n", File.ReadAllText(Path));
    }

    [Fact]
    public void Closing_after_a_failure_writes_nothing_more()
    {
        using (var file = LineFile.Open(Path, LineSizeBytesMax, WriteWhatFits))
        {
            roomBytes = 2;
            Assert.Throws<IOException>(() => file.Append("failing"u8));
        }
        Assert.Empty(File.ReadAllBytes(Path));
    }

    [Fact]
    public void Half_a_line_that_a_crash_left_is_cut_off_and_the_last_whole_one_is_known()
    {
        File.WriteAllText(Path, "first\nsecond\nhal");
        using var file = LineFile.Open(Path, LineSizeBytesMax);
        Assert.Equal("second", Encoding.ASCII.GetString(file.LastLine!));
        file.Append("third"u8);
        Assert.Equal("first\nsecond\nthird\n", File.ReadAllText(Path));
        Assert.Equal(19, file.SizeBytes);
    }

    [Theory]
    [InlineData(28, "The disk is full")] // ENOSPC
    [InlineData(122, "The disk is full")] // EDQUOT
    [InlineData(30, "mounted read-only")] // EROFS
    [InlineData(5, "The disk reports an error")] // EIO
    [InlineData(2, null)] // ENOENT: its own message says all
    public void What_the_disk_answers_is_told_with_what_to_do(int errno, string? expected)
    {
        var failure = new IOException("It failed : '/data/x'", errno);
        Assert.False(DiskFault.IsHeldBySomebodyElse(failure));
        if (expected is null)
            Assert.Equal("It failed : '/data/x'", DiskFault.Describe(failure));
        else
            Assert.Contains(expected, DiskFault.Describe(failure), StringComparison.Ordinal);
        Assert.DoesNotContain("/data", DiskFault.Remedy(failure) ?? "", StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_that_somebody_else_holds_is_no_fault_of_the_disk()
    {
        using var held = OwnerOnly.OpenOrCreate(Path, FileShare.None);
        var failure = Assert.Throws<IOException>(() => OwnerOnly.OpenOrCreate(Path, FileShare.None).Dispose());
        Assert.True(DiskFault.IsHeldBySomebodyElse(failure));
    }

    private void WriteWhatFits(SafeFileHandle file, ReadOnlySpan<byte> bytes, long offset)
    {
        RandomAccess.Write(file, bytes[..Math.Min(bytes.Length, roomBytes)], offset);
        if (bytes.Length > roomBytes)
            throw new IOException("No space left on device", NoSpace);
    }
}
