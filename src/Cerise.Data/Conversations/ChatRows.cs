using Cerise.Data.Datasets;

namespace Cerise.Data.Conversations;

/// <summary>Rows to tokenized conversations, one at a time: the way from a file to a trainer.</summary>
/// <param name="chat">Tokenizes them.</param>
/// <param name="reader">Reads them; by their columns when null.</param>
/// <param name="dropBadRows">Whether rows that are no conversations, or that the template refuses, are left out with the reason rather than stop the reading.</param>
public sealed class ChatRows(ChatTokenizer chat, ConversationReader? reader = null, bool dropBadRows = false)
{
    private readonly ConversationReader _reader = reader ?? new ConversationReader();

    /// <summary>Reads all rows.</summary>
    /// <exception cref="DatasetException">While enumerating: a row is bad and bad rows are not to be left out.</exception>
    public IEnumerable<ChatRow> Read(IEnumerable<Row> rows)
    {
        ArgumentNullException.ThrowIfNull(rows);
        return rows.Select(Read);
    }

    /// <summary>Reads a row.</summary>
    /// <exception cref="DatasetException">The row is bad and bad rows are not to be left out.</exception>
    public ChatRow Read(Row row)
    {
        ArgumentNullException.ThrowIfNull(row);
        try
        {
            ChatExample example = chat.Encode(_reader.Read(row));
            return new ChatRow(row, example, example.DroppedBecause);
        }
        catch (DatasetException error) when (dropBadRows)
        {
            return new ChatRow(row, null, error.Problem);
        }
    }
}
