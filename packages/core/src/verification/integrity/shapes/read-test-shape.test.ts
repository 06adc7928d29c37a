import { expect, test } from 'vitest'
import { readTestShape } from './read-test-shape.ts'

async function casesOf(path: string, source: string) {
  const shape = await readTestShape(path, source)
  return shape?.cases.map(({ name, disabled, assertions, swallowed }) => [
    name,
    disabled,
    assertions.filter(({ isTrivial }) => !isTrivial).length,
    swallowed,
  ])
}

test('reads pytest and unittest', async () => {
  const source = `"""assert this is text"""
import pytest

def check(value):
    assert value == 3

def test_adds():
    assert add(
        1, 2
    ) == 3  # assert comment
    check(add(2, 1))

@pytest.mark.skip(reason="later")
def test_later():
    assert add(1, 1) == 2

@pytest.mark.skipif(sys.platform == "win32", reason="x")
async def test_posix():
    with pytest.raises(ValueError):
        await load()

class TestDivide(unittest.TestCase):
    def test_divides(self):
        self.assertEqual(divide(4, 2), 2)
        self.assertRaises(ZeroDivisionError, divide, 1, 0)

    def test_nothing(self):
        pass

def test_trivial():
    assert True

def test_swallowed():
    try:
        assert add(1, 2) == 4
    except AssertionError:
        pass

def test_after_return():
    return
    assert add(1, 2) == 4

def test_caught():
    try:
        load()
        assert x
    except KeyError:
        pass

def test_in_body():
    pytest.skip("no")
`
  expect(await casesOf('test_a.py', source)).toEqual([
    ['test_adds', null, 2, 0],
    ['test_later', 'skip', 1, 0],
    ['test_posix', 'conditional', 1, 0],
    ['TestDivide > test_divides', null, 2, 0],
    ['TestDivide > test_nothing', null, 0, 0],
    ['test_trivial', null, 0, 0],
    ['test_swallowed', null, 0, 1],
    ['test_after_return', null, 0, 0],
    ['test_caught', null, 1, 0],
    ['test_in_body', 'skip', 0, 0],
  ])
})

test('reads Go', async () => {
  const source = `package a
// func TestComment(t *testing.T) { t.Fatal() }
func same(t *testing.T, a, b int) {
	if a != b {
		t.Fatalf("%d } %d", a, b)
	}
}
func TestAdd(t *testing.T) {
	if got := Add(1, 2); got != 3 { t.Errorf("got %d", got) }
	same(t, Add(1, 1), 2)
}
func TestLater(t *testing.T) {
	t.Skip("later")
	assert.Equal(t, 1, x)
}
func TestEmpty(t *testing.T) {}
`
  expect(await casesOf('a_test.go', source)).toEqual([
    ['TestAdd', null, 2, 0],
    ['TestLater', 'skip', 1, 0],
    ['TestEmpty', null, 0, 0],
  ])
})

test('reads Rust, in sources too', async () => {
  const source = `pub fn add(a: i32, b: i32) -> i32 { a + b }
#[cfg(test)]
mod tests {
    use super::*;
    #[test]
    fn adds() { assert_eq!(add(1, 2), 3); }
    #[test]
    #[ignore]
    fn later() {
        assert!(true);
    }
    #[test]
    #[should_panic(expected = "zero")]
    fn panics() { divide(1, 0); }
}
`
  expect(await casesOf('src/lib.rs', source)).toEqual([
    ['adds', null, 1, 0],
    ['later', 'skip', 0, 0],
    ['panics', null, 1, 0],
  ])
})

test.each([
  ['test_a.py', 'import os\ndef test_a():\n    os._exit(0)\n', [3]],
  ['test_a.py', 'if __name__ == "__main__":\n    sys.exit(main())\n', []],
  ['test_a.py', '# os._exit(0)\ntext = "sys.exit(0)"\n', []],
  ['a_test.go', 'func TestMain(m *testing.M) {\n\tos.Exit(m.Run())\n}\n', []],
  ['a_test.go', 'func TestMain(m *testing.M) {\n\tos.Exit(0)\n}\n', [2]],
])('finds what ends the process of %s %#', async (path, source, lines) => {
  expect((await readTestShape(path, source))?.exits).toEqual(lines)
})

test('reads nothing else', async () => {
  expect(await readTestShape('a.rb', 'x')).toBeNull()
})
