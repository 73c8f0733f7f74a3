using Cerise.Data.Tokenizers.AddedTokens;
using Cerise.Data.Tokenizers.Alignment;
using Cerise.Data.Tokenizers.Files;
using Cerise.Data.Tokenizers.Models;
using Cerise.Data.Tokenizers.Normalizers;
using Cerise.Data.Tokenizers.PreTokenizers;
using Cerise.Data.Tokenizers.Unicode;

namespace Cerise.Data.Tokenizers;

/// <summary>The way of a text: added tokens are taken out, the rest is normalized, added tokens of normalized text are taken out, the rest is split and encoded.</summary>
internal sealed class TextEncoder
{
    private readonly TokenizerFile _parts;
    private readonly AddedTokenMatcher? _rawMatcher;
    private readonly AddedTokenMatcher? _normalizedMatcher;
    private readonly PieceScanner? _scanner;
    private readonly bool _byteLevel;
    private readonly bool _spellsBytes;                                     // here, for a model that does not

    public TextEncoder(TokenizerFile parts)
    {
        _parts = parts;
        bool leavesBytes = parts.PreTokenizer?.LeavesBytesToModel ?? false;
        _byteLevel = leavesBytes && parts.Model.SpellsBytes;
        _spellsBytes = leavesBytes && !parts.Model.SpellsBytes;
        _scanner = _spellsBytes ? null : parts.PreTokenizer?.Scanner;
        _rawMatcher = Matcher(normalized: false);
        _normalizedMatcher = Matcher(normalized: true);
    }

    /// <summary>Appends the tokens of a text.</summary>
    /// <param name="text">Any text; an unpaired surrogate is read as U+FFFD.</param>
    /// <param name="addSpecialTokens">Whether the template's tokens are put around it, with empty ranges at its ends.</param>
    /// <param name="tokens">Where the tokens go.</param>
    public void Encode(string text, bool addSpecialTokens, TokenList tokens)
    {
        text = CodePoints.WellFormed(text);
        foreach (int id in addSpecialTokens ? _parts.PostProcessor.Prefix : [])
            tokens.Add(id, 0, 0);
        foreach ((int start, int end, AddedToken? token) in Parts(_rawMatcher, text))
        {
            if (token is not null)
                tokens.Add(token.Id, start, end);
            else
                EncodeText(start == 0 && end == text.Length ? text : text[start..end], start, tokens);
        }
        foreach (int id in addSpecialTokens ? _parts.PostProcessor.Suffix : [])
            tokens.Add(id, text.Length, text.Length);
    }

    private void EncodeText(string given, int from, TokenList tokens)
    {
        var text = new TrackedText(given, tokens.Ranges is null ? null : Origins.Identity(given, from));
        text = _parts.Normalizer?.Normalize(text) ?? text;
        foreach ((int start, int end, AddedToken? token) in Parts(_normalizedMatcher, text.Text))
        {
            if (token is not null)
            {
                tokens.Add(token.Id, start, end);
                MapRanges(text.Origins, 0, tokens, tokens.Ids.Count - 1);
            }
            else if (_scanner is not null)
                EncodeScanned(text, start, end, _scanner, tokens);
            else
                EncodePieces(new Piece(text, start, end - start, from == 0 && start == 0), tokens);
        }
    }

    private void EncodeScanned(TrackedText text, int from, int to, PieceScanner scanner, TokenList tokens)
    {
        ReadOnlySpan<char> span = text.Text.AsSpan(from, to - from);
        for (int start = 0; start < span.Length;)
        {
            int end = scanner.NextEnd(span, start);
            int before = tokens.Ids.Count;
            _parts.Model.Encode(span[start..end], _byteLevel, tokens);
            MapRanges(text.Origins, from + start, tokens, before);
            start = end;
        }
    }

    private void EncodePieces(Piece text, TokenList tokens)
    {
        List<Piece> pieces = [];
        if (_parts.PreTokenizer is { } preTokenizer)
            preTokenizer.Split(text, pieces);
        else
            pieces.Add(text);
        foreach (Piece split in pieces)
        {
            Piece piece = _spellsBytes ? split.With(ByteLevelNormalizer.Spell(split.Detach())) : split;
            int before = tokens.Ids.Count;
            _parts.Model.Encode(piece.Span, _byteLevel, tokens);
            MapRanges(piece.Source.Origins, piece.Start, tokens, before);
        }
    }

    /// <summary>Turns the ranges of the last tokens from ranges within a piece into ranges of the given text.</summary>
    private static void MapRanges(Origins? origins, int pieceStart, TokenList tokens, int first)
    {
        if (origins is null)
            return;
        for (int i = first; i < tokens.Ranges!.Count; i++)
            tokens.Ranges[i] = origins.RangeOf(pieceStart + tokens.Ranges[i].Start, pieceStart + tokens.Ranges[i].End);
    }

    private AddedTokenMatcher? Matcher(bool normalized)
    {
        (string Text, AddedToken Token)[] tokens =
        [
            .. _parts.AddedTokens.Where(token => token.Normalized == normalized)
                .Select(token => (normalized ? _parts.Normalizer?.Normalize(token.Content) ?? token.Content : token.Content, token)),
        ];
        return tokens.Length == 0 ? null : new AddedTokenMatcher(tokens);
    }

    private static List<(int Start, int End, AddedToken? Token)> Parts(AddedTokenMatcher? matcher, string text)
    {
        List<(int Start, int End, AddedToken? Token)> parts = [];
        if (matcher is not null)
            matcher.Split(text, parts);
        else if (text.Length > 0)
            parts.Add((0, text.Length, null));
        return parts;
    }
}
