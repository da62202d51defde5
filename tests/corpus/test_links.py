"""Links to a moment, and players."""

from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.links import first_media_url, is_media_url, moment_url, player_url

ID = "1pgCnlJRuxE"
WATCH = f"https://www.youtube.com/watch?v={ID}"
BV = "BV1xx411c7mD"

YOUTUBE_FORMS = [
    WATCH,
    f"http://youtube.com/watch?v={ID}",
    f"HTTPS://WWW.YouTube.com/watch?list=PL1&index=3&v={ID}&t=9s",
    f"www.youtube.com/watch?v={ID}#t=30",
    f"m.youtube.com/watch?app=desktop&v={ID}&start=5",
    f"https://music.youtube.com/watch?v={ID}&si=Abc",
    f"https://youtube.com/shorts/{ID}?feature=share",
    f"https://www.youtube.com/live/{ID}?si=Abc&t=10",
    f"https://www.youtube.com/embed/{ID}?start=3",
    f"https://www.youtube.com/v/{ID}",
    f"https://www.youtube-nocookie.com/embed/{ID}",
    f"https://www.youtube.com/attribution_link?a=x&u=%2Fwatch%3Fv%3D{ID}%26feature%3Dshare",
    f"  {WATCH}&pp=ygU  ",
]


@pytest.mark.parametrize("url", YOUTUBE_FORMS)
def test_youtube_opens_at_the_second_in_all_its_forms(url: str) -> None:
    assert moment_url(url, 83.9) == f"{WATCH}&t=83s"
    assert moment_url(url, None) == WATCH
    assert player_url(url, 83.9) == f"https://www.youtube-nocookie.com/embed/{ID}?start=83"
    assert player_url(url, None) == f"https://www.youtube-nocookie.com/embed/{ID}"


@pytest.mark.parametrize("url", [f"https://youtu.be/{ID}", f"youtu.be/{ID}?si=Abc&t=4"])
def test_a_short_youtube_link_stays_short(url: str) -> None:
    assert moment_url(url, 0.4) == f"https://youtu.be/{ID}?t=0"
    assert moment_url(url, None) == f"https://youtu.be/{ID}"
    assert player_url(url, 83) == f"https://www.youtube-nocookie.com/embed/{ID}?start=83"


@pytest.mark.parametrize(
    ("url", "moment", "player"),
    [
        (
            f"https://www.bilibili.com/video/{BV}/?p=2&t=4&vd_source=a",
            f"https://www.bilibili.com/video/{BV}?p=2&t=83",
            f"https://player.bilibili.com/player.html?isOutside=true&bvid={BV}&p=2&t=83&autoplay=0",
        ),
        (
            "https://player.bilibili.com/player.html?aid=170001&page=3",
            "https://www.bilibili.com/video/av170001?p=3&t=83",
            "https://player.bilibili.com/player.html?isOutside=true&aid=170001&p=3&t=83&autoplay=0",
        ),
        ("https://b23.tv/abcdefg", "https://b23.tv/abcdefg", None),
        (
            "https://vimeo.com/76979871",
            "https://vimeo.com/76979871#t=83s",
            "https://player.vimeo.com/video/76979871#t=83s",
        ),
        (
            "https://vimeo.com/76979871/abc123def0?share=copy#t=2s",
            "https://vimeo.com/76979871/abc123def0#t=83s",
            "https://player.vimeo.com/video/76979871?h=abc123def0#t=83s",
        ),
        (
            "https://player.vimeo.com/video/76979871?h=abc123def0",
            "https://vimeo.com/76979871?h=abc123def0#t=83s",
            "https://player.vimeo.com/video/76979871?h=abc123def0#t=83s",
        ),
        (
            "https://vimeo.com/groups/12/videos/76979871",
            "https://vimeo.com/76979871#t=83s",
            "https://player.vimeo.com/video/76979871#t=83s",
        ),
        (
            "https://open.spotify.com/intl-de/episode/5Xt5DXGzch68nYYamXrNxZ?si=a",
            "https://open.spotify.com/episode/5Xt5DXGzch68nYYamXrNxZ?t=83",
            None,
        ),
        (
            "https://cdn.example.com/a/talk.MP3?token=x#t=1",
            "https://cdn.example.com/a/talk.MP3?token=x#t=83",
            "https://cdn.example.com/a/talk.MP3?token=x#t=83",
        ),
        (
            "https://podcasts.apple.com/us/podcast/a-show/id1?i=1000",
            "https://podcasts.apple.com/us/podcast/a-show/id1?i=1000",
            None,
        ),
        (
            "https://www.xiaoyuzhoufm.com/episode/6abc",
            "https://www.xiaoyuzhoufm.com/episode/6abc",
            None,
        ),
    ],
)
def test_each_platform_has_its_own_way(url: str, moment: str, player: str | None) -> None:
    assert moment_url(url, 83.9) == moment
    assert player_url(url, 83.9) == player
    assert is_media_url(url)


@pytest.mark.parametrize(
    "url",
    [
        "https://example.com/talk?t=4#part",
        "https://www.youtube.com/playlist?list=PL1",
        "https://www.youtube.com/embed/videoseries?list=PL1",
        "https://www.youtube.com/@channel",
        f"https://notyoutube.com/watch?v={ID}",
        f"https://www.youtube.com@evil.example/watch?v={ID}",
        f"https://www.youtube.com/watch?v={ID}%0Ax",
        "https://www.bilibili.com/read/cv1",
        "https://vimeo.com/about",
        "https://open.spotify.com/show/abc",
    ],
)
def test_other_addresses_stay_as_they_are(url: str) -> None:
    assert moment_url(url, 83) == url
    assert player_url(url, 83) is None
    assert not is_media_url(url)


@pytest.mark.parametrize(
    "url",
    [None, "", "https://", "javascript:alert(1)", "data:text/html,x", "ftp://a.example/b.mp3",
     "//youtu.be/" + ID, "https://exa mple.com/", "http://[::1", "talk.md", "file:///etc/passwd",
     "https://a.example:99999/", "java\nscript:alert(1)", "/relative/talk.mp3"],
)  # fmt: skip
def test_what_is_no_web_address_gives_no_link(url: str | None) -> None:
    assert moment_url(url, 1) is None
    assert player_url(url, 1) is None
    assert not is_media_url(url or "")


@pytest.mark.parametrize("start_s", [-1.0, float("nan"), float("inf")])
def test_a_time_that_is_none_is_left_out(start_s: float) -> None:
    assert moment_url(WATCH, start_s) == WATCH


@pytest.mark.parametrize(
    ("text", "url"),
    [
        (f"看 [YouTube]({WATCH})。", WATCH),
        ("🎧 [YouTube](https://", None),
        (f"cut off at https:// but then https://example.com/x and {WATCH}, yes", WATCH),
        (f"链接https://youtu.be/{ID}，发布", f"https://youtu.be/{ID}"),
        (f"see youtu.be/{ID}.", f"https://youtu.be/{ID}"),
        (f"(www.bilibili.com/video/{BV})", f"https://www.bilibili.com/video/{BV}"),
        (f"<{WATCH}&amp;t=3>", f"{WATCH}&amp;t=3"),
        ("https://a.example/b_(c).mp3)", "https://a.example/b_(c).mp3"),
        ("mail me at x@youtube.com/watch", None),
        ("https://example.com/page", None),
    ],
)
def test_the_first_recording_in_a_text(text: str, url: str | None) -> None:
    assert first_media_url(text) == url


@given(
    st.text(alphabet=st.sampled_from("AZaz09_-"), min_size=11, max_size=11),
    st.floats(0, 1e6),
    st.dictionaries(st.sampled_from(["t", "start", "list", "index"]), st.text("ab1", max_size=5)),
)
def test_the_second_replaces_whatever_time_was_there(
    video: str, start_s: float, parameters: dict[str, str]
) -> None:
    query = "&".join(f"{name}={value}" for name, value in parameters.items())
    url = moment_url(f"https://www.youtube.com/watch?{query}&v={video}", start_s)
    assert url is not None
    assert parse_qs(urlsplit(url).query) == {"v": [video], "t": [f"{int(start_s)}s"]}
    player = player_url(url, start_s)
    assert player is not None
    assert urlsplit(player).path == f"/embed/{video}"
    assert parse_qs(urlsplit(player).query) == {"start": [str(int(start_s))]}


ODD_ADDRESSES = st.one_of(
    st.text(),
    st.builds(
        "".join,
        st.lists(
            st.sampled_from(
                ["https://", "http://", "javascript:", "//", "youtu.be", "www.youtube.com", "/",
                 "watch", "?v=", ID, "&", "#", "@", ":", "[", "]", "%", "\\", "\n", " ", ".mp3",
                 "vimeo.com", "video", "123", "bilibili.com", BV, "é", "\x00", "?p=٣"]
            ),
            max_size=10,
        ),
    ),
)  # fmt: skip


@given(ODD_ADDRESSES, st.one_of(st.none(), st.floats()))
def test_only_web_addresses_ever_come_out(url: str, start_s: float | None) -> None:
    for link in (moment_url(url, start_s), player_url(url, start_s), first_media_url(url)):
        if link is not None:
            assert link.startswith(("http://", "https://"))
            assert link.isprintable() and " " not in link
            assert urlsplit(link).hostname
            assert moment_url(link, None) is not None
