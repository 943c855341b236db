using System.Diagnostics;
using System.Runtime.Versioning;
using Shonin.EventLog.Secrets;

namespace Shonin.Specs.EventLog;

[UnsupportedOSPlatform("windows")]
[RealParts]
public sealed class OwnerOnlySpecs : IDisposable
{
    private const UnixFileMode FileMode600 = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private const UnixFileMode FolderMode700 = FileMode600 | UnixFileMode.UserExecute;
    private const UnixFileMode OpenFile = FileMode600 | UnixFileMode.GroupRead | UnixFileMode.OtherRead;

    private readonly DataFolder folder = new();

    public void Dispose() => folder.Dispose();

    private string In(string name) => Path.Combine(folder.Path, name);

    [Fact]
    public void Folders_that_are_missing_are_made_with_0700_those_above_too()
    {
        OwnerOnly.Folder(In("a/b/c"));
        Assert.All(new[] { "a", "a/b", "a/b/c" }, name => Assert.Equal(FolderMode700, File.GetUnixFileMode(In(name))));
    }

    [Fact]
    public void Every_way_to_make_a_file_gives_it_0600()
    {
        OwnerOnly.Create(In("created")).Dispose();
        OwnerOnly.Append(In("appended")).Dispose();
        OwnerOnly.OpenOrCreate(In("opened"), FileShare.None).Dispose();
        OwnerOnly.Replace(In("replaced"), "x"u8);
        OwnerOnly.CreateWhole(In("whole"), "x"u8);
        using (var database = OwnerOnly.OpenDatabase(In("data.db")))
        {
            using var command = database.CreateCommand();
            command.CommandText = "PRAGMA journal_mode = WAL; CREATE TABLE t(x); INSERT INTO t VALUES (1);";
            command.ExecuteNonQuery();
            Assert.All(new[] { "data.db", "data.db-wal", "data.db-shm" }, name =>
                Assert.Equal(FileMode600, File.GetUnixFileMode(In(name)))
            );
        }
        Assert.All(Directory.GetFiles(folder.Path), file => Assert.Equal(FileMode600, File.GetUnixFileMode(file)));
    }

    [Fact]
    public void What_was_made_wider_before_is_closed_when_it_is_opened()
    {
        foreach (var name in new[] { "appended", "opened", "data.db", "replaced" })
        {
            File.WriteAllBytes(In(name), []);
            File.SetUnixFileMode(In(name), OpenFile);
        }
        OwnerOnly.Append(In("appended")).Dispose();
        OwnerOnly.OpenOrCreate(In("opened"), FileShare.None).Dispose();
        OwnerOnly.OpenDatabase(In("data.db")).Dispose();
        OwnerOnly.Replace(In("replaced"), "x"u8);
        Assert.All(Directory.GetFiles(folder.Path), file => Assert.Equal(FileMode600, File.GetUnixFileMode(file)));
    }

    [Fact]
    public void A_link_that_lies_where_a_file_is_made_is_not_followed()
    {
        File.WriteAllText(In("victim"), "untouched");
        File.CreateSymbolicLink(In("new"), In("victim"));
        Assert.Throws<IOException>(() => OwnerOnly.Create(In("new")));
        OwnerOnly.Replace(In("new"), "ours"u8);
        Assert.Equal("untouched", File.ReadAllText(In("victim")));
        Assert.Equal("ours", File.ReadAllText(In("new")));
    }

    [Theory]
    [InlineData(UnixFileMode.GroupRead)]
    [InlineData(UnixFileMode.GroupWrite)]
    [InlineData(UnixFileMode.OtherRead)]
    [InlineData(UnixFileMode.OtherExecute)]
    public void A_secret_that_others_may_touch_is_refused_through_a_link_too(UnixFileMode open)
    {
        OwnerOnly.Replace(In("secret"), "word"u8);
        File.CreateSymbolicLink(In("link"), In("secret"));
        Assert.Equal("word"u8.ToArray(), OwnerOnly.ReadSecret(In("link"), 4, ""));
        File.SetUnixFileMode(In("secret"), FileMode600 | open);
        foreach (var name in new[] { "secret", "link" })
        {
            Assert.Contains(
                "is open to others",
                Assert.Throws<KeyFileException>(() => OwnerOnly.ReadSecret(In(name), 4, "")).Message,
                StringComparison.Ordinal
            );
        }
    }

    [Fact]
    public void A_secret_of_the_most_bytes_is_read_and_one_more_is_refused()
    {
        OwnerOnly.Replace(In("secret"), "12345"u8);
        Assert.Equal(5, OwnerOnly.ReadSecret(In("secret"), 5, "").Length);
        Assert.Contains(
            "larger than 4 bytes",
            Assert.Throws<KeyFileException>(() => OwnerOnly.ReadSecret(In("secret"), 4, "")).Message,
            StringComparison.Ordinal
        );
    }

    /// <summary>Only root may give a file away; without it there is nobody else's file to read.</summary>
    [Fact]
    public void A_secret_of_another_user_is_refused_and_roots_is_taken()
    {
        OwnerOnly.Replace(In("secret"), "word"u8);
        Assert.Equal(4, OwnerOnly.ReadSecret(In("secret"), 4, "").Length);
        if (!Environment.IsPrivilegedProcess)
            return;
        using (var given = Process.Start("chown", ["65534", In("secret")])!)
            given.WaitForExit();
        Assert.Contains(
            "belongs to another user",
            Assert.Throws<KeyFileException>(() => OwnerOnly.ReadSecret(In("secret"), 4, "")).Message,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void A_folder_of_keys_that_others_may_write_to_is_refused()
    {
        OwnerOnly.Folder(In("keys"));
        var keys = new KeyFolder(In("keys"));
        keys.LoadOrCreate("vault", 32);
        File.SetUnixFileMode(In("keys"), FolderMode700 | UnixFileMode.GroupWrite);
        Assert.Contains(
            "can be written to by others",
            Assert.Throws<KeyFileException>(() => keys.Load("vault", 32)).Message,
            StringComparison.Ordinal
        );
        Assert.Throws<KeyFileException>(() => keys.LoadOrCreate("other", 32));
        File.SetUnixFileMode(In("keys"), FolderMode700);
        Assert.Equal(32, keys.Load("vault", 32).Length);
    }

    [Fact]
    public void A_data_folder_of_an_earlier_version_is_closed_and_each_thing_is_said_once()
    {
        foreach (
            var file in new[]
            {
                "merchant.db",
                "merchant.db-wal",
                "card-requests.db",
                "wire-evidence.jsonl",
                "mail/1.eml",
                "heads/merchant.heads",
                "keys/log.public.pem",
            }
        )
        {
            Directory.CreateDirectory(Path.GetDirectoryName(In(file))!);
            File.WriteAllText(In(file), "");
            File.SetUnixFileMode(In(file), OpenFile);
        }
        File.SetUnixFileMode(folder.Path, FolderMode700 | UnixFileMode.OtherRead | UnixFileMode.OtherExecute);
        var notes = OwnerOnlyFolder.Open(folder.Path);
        Assert.Contains(notes, note => note.Contains("card-requests.db was open to others", StringComparison.Ordinal));
        Assert.Contains(notes, note => note.Contains("were open to others (1)", StringComparison.Ordinal));
        Assert.All(Directory.GetFiles(folder.Path, "*", SearchOption.AllDirectories), file =>
            Assert.Equal(FileMode600, File.GetUnixFileMode(file))
        );
        Assert.All(Directory.GetDirectories(folder.Path).Append(folder.Path), one =>
            Assert.Equal(FolderMode700, File.GetUnixFileMode(one))
        );
        Assert.Empty(OwnerOnlyFolder.Open(folder.Path));
    }

    [Fact]
    public void A_secret_in_it_is_left_as_it_is_to_be_refused()
    {
        var keys = new KeyFolder(In("keys"));
        keys.LoadOrCreate("vault", 32);
        File.SetUnixFileMode(In("keys/vault.key"), OpenFile);
        File.SetUnixFileMode(folder.Path, FolderMode700 | UnixFileMode.OtherRead);
        OwnerOnlyFolder.Open(folder.Path);
        Assert.Throws<KeyFileException>(() => keys.Load("vault", 32));
    }

    [Fact]
    public void A_folder_that_holds_other_things_keeps_its_mode_and_theirs()
    {
        File.WriteAllText(In("thesis.txt"), "");
        File.WriteAllText(In("merchant.db"), "");
        File.SetUnixFileMode(In("thesis.txt"), OpenFile);
        File.SetUnixFileMode(In("merchant.db"), OpenFile);
        var mode = FolderMode700 | UnixFileMode.OtherRead | UnixFileMode.OtherExecute;
        File.SetUnixFileMode(folder.Path, mode);
        var notes = OwnerOnlyFolder.Open(folder.Path);
        Assert.Contains(notes, note => note.Contains("holds more than our data", StringComparison.Ordinal));
        Assert.Equal(mode, File.GetUnixFileMode(folder.Path));
        Assert.Equal(OpenFile, File.GetUnixFileMode(In("thesis.txt")));
        Assert.Equal(FileMode600, File.GetUnixFileMode(In("merchant.db")));
    }
}
