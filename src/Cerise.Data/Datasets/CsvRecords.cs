using System.Text;

namespace Cerise.Data.Datasets;

/// <summary>Splits text into records of cells (RFC 4180): quoted cells may hold separators, line breaks, and quotes written twice.</summary>
/// <param name="text">The text.</param>
/// <param name="file">What messages call it.</param>
/// <param name="mostCharacters">Characters of the longest record accepted.</param>
internal sealed class CsvRecords(TextReader text, string file, int mostCharacters)
{
    private readonly char[] _buffer = new char[16 * 1024];
    private readonly StringBuilder _cell = new();
    private int _next;
    private int _end;
    private long _line = 1;
    private int _length;

    /// <summary>Between cells.</summary>
    public char Separator { get; set; } = ',';

    /// <summary>The line on which the current record begins, from 1.</summary>
    public long Line { get; private set; }

    /// <summary>The first line as it stands, not taken.</summary>
    public ReadOnlySpan<char> PeekLine()
    {
        Peek();
        ReadOnlySpan<char> ahead = _buffer.AsSpan(_next, _end - _next);
        int end = ahead.IndexOfAny('\r', '\n');
        return end < 0 ? ahead : ahead[..end];
    }

    /// <summary>Reads the next record that is not an empty line; an empty cell without quotes is null.</summary>
    /// <param name="cells">Receives the cells.</param>
    /// <param name="most">Cells expected at most; more are a fault.</param>
    /// <returns>False at the end.</returns>
    /// <exception cref="DatasetException">A quote is left open or stands where none may, or a limit is exceeded.</exception>
    public bool Next(List<string?> cells, int most)
    {
        do
        {
            cells.Clear();
            if (Peek() < 0)
                return false;
            Line = _line;
            _length = 0;
            do
            {
                if (cells.Count == most)
                    throw Fault($"has more cells than the header's {most}. Is a cell with a separator in it not quoted?");
                cells.Add(ReadCell());
            }
            while (Take(Separator));
            EndRecord();
        }
        while (cells is [null]);
        return true;
    }

    private string? ReadCell()
    {
        _cell.Clear();
        if (Peek() == '"')
            return ReadQuoted();
        for (int at; (at = Peek()) >= 0 && at != Separator && at is not ('\r' or '\n'); _next++)
            Append((char)at);
        return _cell.Length == 0 ? null : _cell.ToString();
    }

    private string ReadQuoted()
    {
        long opened = _line;
        _next++;
        while (true)
        {
            int at = Peek();
            if (at < 0)
                throw new DatasetException(file, opened, 0, "has a cell whose quote is never closed. Close it, and write quotes within quoted cells twice.");
            _next++;
            if (at == '\n')
                _line++;
            if (at != '"')
                Append((char)at);
            else if (Take('"'))
                Append('"');
            else
                break;
        }
        int after = Peek();
        if (after >= 0 && after != Separator && after is not ('\r' or '\n'))
            throw new DatasetException(file, _line, 0, "has text after a cell's closing quote. Write quotes within quoted cells twice.");
        return _cell.ToString();
    }

    private void Append(char at)
    {
        if (++_length > mostCharacters)
            throw Fault($"is longer than {mostCharacters} characters. Is a quote left open?");
        _cell.Append(at);
    }

    private void EndRecord()
    {
        Take('\r');
        Take('\n');
        _line++;
    }

    private bool Take(char expected)
    {
        if (Peek() != expected)
            return false;
        _next++;
        return true;
    }

    /// <summary>The next character, which stays; -1 at the end.</summary>
    private int Peek()
    {
        if (_next < _end)
            return _buffer[_next];
        try
        {
            _end = text.Read(_buffer, 0, _buffer.Length);
        }
        catch (DecoderFallbackException error)
        {
            throw new DatasetException(file, _line, 0, "is near bytes that are not valid UTF-8. Save the file as UTF-8.", error);
        }
        catch (Exception error) when (InputFile.IsReadingError(error))
        {
            throw InputFile.Fault(file, _line, error);
        }
        _next = 0;
        return _end > 0 ? _buffer[0] : -1;
    }

    private DatasetException Fault(string problem) => new(file, Line, 0, problem);
}
