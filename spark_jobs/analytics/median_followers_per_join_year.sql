-- Median followers of the users who joined in each year, 2015 to 2020. Medians are exact: with an even number, the mean of the middle two. No ties.
with

posts as (
    select ind, follower_count from pin where follower_count is not null
),

users as (
    select ind, year(date_joined) as join_year from user
),

final as (
    select join_year, percentile(follower_count, 0.5) as median_follower_count
    from posts
    inner join users using (ind)
    where join_year between 2015 and 2020
    group by join_year
)

select * from final order by join_year
