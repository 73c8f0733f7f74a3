using System.Numerics;

namespace Cerise.Data.Tokenizers.Models;

/// <summary>The tokens of a vocabulary by their beginnings. One open-addressed table of (node, character) to node; read by many threads once built.</summary>
internal sealed class TokenTrie
{
    /// <summary>The node of the empty text.</summary>
    public const int Root = 0;

    /// <summary>No such node, or no token that ends here.</summary>
    public const int None = -1;

    private ulong[] _keys = [];                                             // node in the high part, character in the low one, plus one; 0: empty
    private int[] _children = [];
    private int _shift;
    private readonly List<int> _ids = [None];                               // by node

    /// <summary>Makes the trie.</summary>
    public TokenTrie(IEnumerable<KeyValuePair<string, int>> tokens)
    {
        Resize(12);
        foreach ((string token, int id) in tokens)
        {
            int node = Root;
            foreach (char c in token)
                node = GetOrAdd(node, c);
            _ids[node] = id;
        }
    }

    /// <summary>The node that a character leads to, or <see cref="None"/>.</summary>
    public int Step(int node, char c)
    {
        int slot = SlotOf(Key(node, c));
        return _keys[slot] == 0 ? None : _children[slot];
    }

    /// <summary>The id of the token that ends at a node, or <see cref="None"/>.</summary>
    public int IdAt(int node) => _ids[node];

    private static ulong Key(int node, char c) => (((ulong)(uint)node << 16) | c) + 1;

    private int SlotOf(ulong key)
    {
        int slot = (int)(unchecked(key * 0x9E3779B97F4A7C15) >> _shift);
        while (_keys[slot] != 0 && _keys[slot] != key)
            slot = (slot + 1) & (_keys.Length - 1);
        return slot;
    }

    private int GetOrAdd(int node, char c)
    {
        int slot = SlotOf(Key(node, c));
        if (_keys[slot] != 0)
            return _children[slot];
        if (_ids.Count * 2 > _keys.Length)
        {
            Resize(BitOperations.Log2((uint)_keys.Length) + 1);
            slot = SlotOf(Key(node, c));
        }
        _keys[slot] = Key(node, c);
        _children[slot] = _ids.Count;
        _ids.Add(None);
        return _children[slot];
    }

    private void Resize(int bits)
    {
        (ulong[] keys, int[] children) = (_keys, _children);
        (_keys, _children, _shift) = (new ulong[1 << bits], new int[1 << bits], 64 - bits);
        for (int i = 0; i < keys.Length; i++)
        {
            if (keys[i] == 0)
                continue;
            int slot = SlotOf(keys[i]);
            (_keys[slot], _children[slot]) = (keys[i], children[i]);
        }
    }
}
